import { useRef } from "preact/hooks";
import { useMessages } from "../../messages/table.ts";
import { Fault } from "../../shell/fault.tsx";
import { forget } from "../../state/kept.ts";
import { entries, type ModelEntry, remove } from "../../state/models.ts";
import { opening, openPicked } from "../../state/opening.ts";
import { useStore } from "../../state/store.ts";
import { fromInput } from "./intake.ts";
import { OPEN_WORDS } from "./messages.ts";
import "../../styles/open.css";

function Picker() {
  const words = useMessages(OPEN_WORDS);
  const file = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const isReading = useStore(opening).state === "reading";
  const pick = (input: HTMLInputElement) => {
    const picked = fromInput(input.files ?? []);
    input.value = "";
    if (picked.length > 0) void openPicked(() => picked);
  };
  return (
    <section class="panel drop-zone" aria-busy={isReading}>
      <p class="drop-text">{isReading ? words.reading : words.drop}</p>
      <div class="row">
        <button type="button" class="button primary" disabled={isReading} onClick={() => file.current?.click()}>
          {words.chooseFile}
        </button>
        <button type="button" class="button" disabled={isReading} onClick={() => folder.current?.click()}>
          {words.chooseFolder}
        </button>
      </div>
      <p class="muted small">{words.limits}</p>
      <input ref={file} type="file" accept=".zip,.onnx" hidden onChange={(event) => pick(event.currentTarget)} />
      <input
        ref={(input) => {
          folder.current = input;
          if (input) input.webkitdirectory = true;
        }}
        type="file"
        hidden
        onChange={(event) => pick(event.currentTarget)}
      />
    </section>
  );
}

function ModelRow({ entry }: { readonly entry: ModelEntry }) {
  const words = useMessages(OPEN_WORDS);
  const { name, source } = entry;
  const drop = async () => {
    await remove(name);
    await forget(name);
  };
  return (
    <li class="row spread model-row">
      <span>
        <strong>{name}</strong> <span class="muted small">{words.sources[source]}</span>
      </span>
      <span class="row">
        <a class="button small" href={`#/look?${new URLSearchParams({ model: name })}`}>
          {words.look}
        </a>
        {source !== "site" && (
          <button type="button" class="icon" aria-label={words.remove(name)} title={words.remove(name)} onClick={drop}>
            ✕
          </button>
        )}
      </span>
    </li>
  );
}

/** Where models come in. */
export function OpenPage() {
  const words = useMessages(OPEN_WORDS);
  const models = useStore(entries);
  const now = useStore(opening);
  return (
    <div class="stack open-page">
      <header class="stack tight">
        <h1>{words.title}</h1>
        <p class="muted">{words.lead}</p>
      </header>
      <Picker />
      {now.state === "failed" && <Fault title={words.failed} error={now.error} />}
      <section class="panel stack tight" aria-labelledby="models-here">
        <h2 id="models-here">{words.here}</h2>
        {models.length === 0 && <p class="muted">{words.none}</p>}
        <ul class="plain">
          {models.map((entry) => (
            <ModelRow key={entry.name} entry={entry} />
          ))}
        </ul>
      </section>
      <section class="columns">
        <dl class="facts kinds">
          {words.kinds.map(([name, text]) => [<dt key={name}>{name}</dt>, <dd key={`${name}-text`}>{text}</dd>])}
        </dl>
        <div class="stack tight small">
          <h3>{words.links}</h3>
          <p class="muted">{words.linksText}</p>
        </div>
      </section>
    </div>
  );
}
