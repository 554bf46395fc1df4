import { formatNumber, visibleText } from "fovea/views";
import { useEffect, useRef } from "preact/hooks";
import { errorLine } from "../../messages/errors.ts";
import { useMessages } from "../../messages/table.ts";
import { takeDrops } from "../../state/dropping.ts";
import { language } from "../../state/preferences.ts";
import { useStore } from "../../state/store.ts";
import type { DataPreview, RecipeFacts } from "../../worker/api.ts";
import { ColumnFields } from "./column-fields.tsx";
import { type DataChoice, type DataFile, type DataPart, isData, neededRoles, SAMPLES } from "./data-choice.ts";
import { DATA_WORDS, FIRST_LINES } from "./data-messages.ts";
import { changeData, dataState, takeDropped, takeFiles, takeSample } from "./data-store.ts";

/** So many of the records that were read are shown. */
const SHOWN_ROWS = 4;

export const filesFrom = (files: Iterable<File>): DataFile[] => [...files].map((blob) => ({ name: blob.name, blob }));

/** Lets data be dropped anywhere while the page is shown. */
export function useDataDrops(): void {
  useEffect(() => {
    return takeDrops((picked) => {
      if (picked.length === 0 || !picked.every(({ path }) => isData(path))) return false;
      takeDropped(filesFrom(picked.map(({ file }) => file)));
      return true;
    });
  }, []);
}

interface PickerProps {
  readonly part: DataPart;
  readonly label: string;
  readonly isMain?: boolean;
}

function Picker({ part, label, isMain = false }: PickerProps) {
  const input = useRef<HTMLInputElement>(null);
  const pick = (field: HTMLInputElement) => {
    const files = filesFrom(field.files ?? []);
    field.value = "";
    if (files.length > 0) takeFiles(part, files);
  };
  return (
    <>
      <button type="button" class={isMain ? "button" : "button small"} onClick={() => input.current?.click()}>
        {label}
      </button>
      <input ref={input} type="file" multiple hidden data-part={part} onChange={(event) => pick(event.currentTarget)} />
    </>
  );
}

function Chosen({ part, files }: { readonly part: DataPart; readonly files: readonly DataFile[] }) {
  const words = useMessages(DATA_WORDS);
  return (
    <>
      {files.map(({ name }, place) => (
        <span key={`${place} ${name}`} class="chip on">
          <bdi>{visibleText(name)}</bdi>
          <button
            type="button"
            class="icon"
            aria-label={words.remove(name)}
            title={words.remove(name)}
            onClick={() =>
              takeFiles(
                part,
                files.filter((_, other) => other !== place),
              )
            }
          >
            ✕
          </button>
        </span>
      ))}
    </>
  );
}

function Samples({ recipe }: { readonly recipe: string }) {
  const words = useMessages(DATA_WORDS);
  const samples = SAMPLES[recipe] ?? [];
  if (samples.length === 0) return null;
  return (
    <fieldset class="row examples train-samples" aria-label={words.sample}>
      <span class="small muted" aria-hidden="true">
        {words.sample}
      </span>
      {samples.map((name) => (
        <button key={name} type="button" class="chip" onClick={() => void takeSample(name)}>
          {words.samples[name] ?? name}
        </button>
      ))}
    </fieldset>
  );
}

/** What the file must look like. */
function Shape({ recipe }: { readonly recipe: RecipeFacts }) {
  const words = useMessages(DATA_WORDS);
  const roles = neededRoles(recipe);
  const [header = roles] = FIRST_LINES[recipe.name] ?? [];
  return (
    <>
      <p class="small muted">{words.shape(header.join(words.and), roles.length)}</p>
      <details class="train-details small">
        <summary>{words.firstLines}</summary>
        <pre class="code" dir="auto">
          {(FIRST_LINES[recipe.name] ?? [header]).map((cells) => cells.join("\t")).join("\n")}
        </pre>
      </details>
    </>
  );
}

/** The first records, by the roles that were recognised. */
function Records({ preview, recipe }: { readonly preview: DataPreview; readonly recipe: RecipeFacts }) {
  const words = useMessages(DATA_WORDS);
  const { rows, count, bad } = preview;
  const roles = recipe.roles.map(({ name }) => name).filter((name) => rows.some((row) => row[name] !== undefined));
  if (rows.length === 0) return null;
  return (
    <div class="stack tight">
      <div class="scroll">
        <table class="train-table train-records">
          <caption>{count === undefined ? words.foundFirst : words.found(formatNumber(count))}</caption>
          <thead>
            <tr>
              {roles.map((role) => (
                <th key={role} scope="col">
                  {words.roles[role] ?? role}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, SHOWN_ROWS).map((row, place) => (
              <tr key={place}>
                {roles.map((role) => (
                  <td key={role} dir="auto">
                    {visibleText(row[role] ?? "")}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {bad > 0 && <p class="small">{words.leftOut(formatNumber(bad))}</p>}
    </div>
  );
}

function Found({ recipe, data }: { readonly recipe: RecipeFacts; readonly data: DataChoice }) {
  const words = useMessages(DATA_WORDS);
  const lang = useStore(language);
  const now = useStore(dataState);
  if (now.state !== "read") return now.state === "none" ? null : <p class="small muted">{words.reading}</p>;
  const { preview } = now;
  return (
    <>
      {preview.fault !== undefined && (
        <p class="notice bad small" role="alert">
          <span>
            <strong>{words.fault}</strong>
            <br />
            {errorLine(preview.fault, lang)}
          </span>
        </p>
      )}
      <Records preview={preview} recipe={recipe} />
      <ColumnFields preview={preview} recipe={recipe} data={data} />
    </>
  );
}

/** What is trained on: files of the reader's or a table of examples, as the recipe reads it. */
export function DataField({ recipe, data }: { readonly recipe: RecipeFacts; readonly data: DataChoice }) {
  const words = useMessages(DATA_WORDS);
  return (
    <fieldset class="train-fieldset train-data stack tight">
      <legend>{words.data}</legend>
      <Shape recipe={recipe} />
      <div class="row">
        <Picker part="train" label={words.choose} isMain />
        <span class="small muted">{words.drop}</span>
      </div>
      <Samples recipe={recipe.name} />
      {data.train.length > 0 && (
        <div class="row">
          <Chosen part="train" files={data.train} />
        </div>
      )}
      <div class="stack tight" aria-live="polite">
        <Found recipe={recipe} data={data} />
      </div>
      <details class="train-details">
        <summary class="small">{words.more}</summary>
        <div class="stack tight">
          <p class="small muted">{words.heldOut}</p>
          <div class="row">
            <Picker part="validation" label={words.validation} />
            <Chosen part="validation" files={data.validation} />
          </div>
          <div class="row">
            <Picker part="test" label={words.test} />
            <Chosen part="test" files={data.test} />
          </div>
          <label class="toggle">
            <input
              type="checkbox"
              checked={data.skipBad}
              onChange={(event) => changeData({ skipBad: event.currentTarget.checked })}
            />
            {words.skipBad}
          </label>
        </div>
      </details>
    </fieldset>
  );
}
