import { useEffect, useId, useState } from "preact/hooks";
import { useMessages } from "../../messages/table.ts";
import { readPlace } from "../../state/hash.ts";
import { GRAPH_WORDS } from "./graph-messages.ts";

export interface WholeFieldProps {
  readonly label: string;
  readonly value: number;
  readonly least: number;
  readonly most: number;
  /** Why it cannot be changed here, where it cannot. */
  readonly fixed?: string;
  readonly onValue: (value: number) => void;
}

/** A whole number. What is typed and is none, or out of bounds, stays to be mended, and the bounds are said. */
export function WholeField({ label, value, least, most, fixed, onValue }: WholeFieldProps) {
  const words = useMessages(GRAPH_WORDS);
  const [typed, setTyped] = useState(String(value));
  const [box, note] = [useId(), useId()];
  const read = (text: string): number | undefined => {
    const found = readPlace(text.trim(), most);
    return found === undefined || found < least ? undefined : found;
  };
  // A number from elsewhere (the address, another button) takes the place of what was typed.
  useEffect(() => setTyped((text) => (read(text) === value ? text : String(value))), [value]);
  const isBad = read(typed) === undefined;
  const take = (text: string) => {
    setTyped(text);
    const found = read(text);
    if (found !== undefined) onValue(found);
  };
  return (
    <div class="field">
      <label for={box}>{label}</label>
      <input
        id={box}
        type="number"
        min={least}
        max={most}
        value={typed}
        disabled={fixed !== undefined}
        title={fixed}
        aria-invalid={isBad ? "true" : undefined}
        aria-describedby={isBad ? note : undefined}
        onInput={(event) => take(event.currentTarget.value)}
        onBlur={() => setTyped(String(value))}
      />
      {isBad && (
        <small id={note} class="field-fault" role="alert">
          {words.between(least, most)}
        </small>
      )}
    </div>
  );
}
