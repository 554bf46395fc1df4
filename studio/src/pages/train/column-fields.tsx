import { visibleText } from "fovea/views";
import { useMessages } from "../../messages/table.ts";
import type { DataPreview, RecipeFacts } from "../../worker/api.ts";
import { type DataChoice, withColumn } from "./data-choice.ts";
import { DATA_WORDS } from "./data-messages.ts";
import { changeData } from "./data-store.ts";

const LONGEST = 24;

const shortened = (text: string) => {
  const characters = [...visibleText(text)];
  return characters.length > LONGEST ? `${characters.slice(0, LONGEST).join("")}…` : characters.join("");
};

export interface ColumnFieldsProps {
  readonly preview: DataPreview;
  readonly recipe: RecipeFacts;
  readonly data: DataChoice;
}

/** Which column each role is read from: shown open where the recipe has not found them by itself. */
export function ColumnFields({ preview, recipe, data }: ColumnFieldsProps) {
  const words = useMessages(DATA_WORDS);
  const { columns, fault, rows } = preview;
  if (columns.length === 0 || data.train.length !== 1) return null;
  const isTable = !/\.jsonl(\.gz)?$/i.test(data.train[0]?.name ?? "");
  const isOpen = Object.keys(data.columns).length > 0 || (fault !== undefined && rows.length === 0);
  const choose = (role: string, column: string) => {
    changeData({ columns: withColumn(data.columns, role, column === "" ? undefined : column) });
  };
  return (
    <details class="train-details" open={isOpen}>
      <summary class="small">{words.columns}</summary>
      <div class="stack tight">
        {recipe.roles.map(({ name }) => (
          <label key={name} class="field">
            <span>{words.columnOf(words.roles[name] ?? name)}</span>
            <select value={data.columns[name] ?? ""} onChange={(event) => choose(name, event.currentTarget.value)}>
              <option value="">{words.byItself}</option>
              <optgroup label={isTable ? words.byName : undefined}>
                {columns.map((column, place) => (
                  <option key={`${place} ${column}`} value={column}>
                    {shortened(column)}
                  </option>
                ))}
              </optgroup>
              {isTable && (
                <optgroup label={words.byNumber}>
                  {columns.map((column, place) => (
                    <option key={`${place} ${column}`} value={String(place + 1)}>
                      {words.column(place + 1, shortened(column))}
                    </option>
                  ))}
                </optgroup>
              )}
            </select>
          </label>
        ))}
      </div>
    </details>
  );
}
