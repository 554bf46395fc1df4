import { EXPORTS, type Exportable, type ExportFormat, type ExportOptions, svgToPng, type Theme } from "fovea/views";
import { useState } from "preact/hooks";
import { useMessages } from "../../messages/table.ts";
import { Dialog } from "../../shell/dialog.tsx";
import { Segmented } from "../../shell/segmented.tsx";
import { messageOf } from "../../state/notices.ts";
import { language, theme } from "../../state/preferences.ts";
import { saveFile } from "../../state/save-file.ts";
import { useStore } from "../../state/store.ts";
import { type ExportItem, type ExportLook, exportOptions, fileName } from "./export-file.ts";
import { LOOK_WORDS } from "./messages.ts";

export type { ExportItem, ExportLook } from "./export-file.ts";

type Format = "svg" | "png" | "html" | "json" | "csv" | "npy";

const FORMATS: readonly Format[] = ["svg", "png", "html", "json", "csv", "npy"];
const SCALES = ["1", "2", "4"] as const;

/** The theme that the page shows now. */
function themeNow(): Theme {
  const chosen = theme.get();
  if (chosen !== "auto") return chosen;
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

function formatOf(name: Format): ExportFormat {
  // PNG is the SVG, drawn.
  const found = EXPORTS.find((format) => format.name === (name === "png" ? "svg" : name));
  if (!found) throw new RangeError(`export: expected one of ${FORMATS} but found ${name}`);
  return found;
}

async function makeFile(what: Exportable, format: Format, options: ExportOptions & { pixels: number }): Promise<Blob> {
  const { pixels, ...drawing } = options;
  const { make, mime } = formatOf(format);
  if (format === "png") return svgToPng(String(make(what, { ...drawing, theme: themeNow() })), { scale: pixels });
  return new Blob([make(what, drawing) as BlobPart], { type: mime });
}

export interface ExportDialogProps {
  readonly items: readonly ExportItem[];
  /** Which of them is offered first: what the page shows. @default 0 */
  readonly first?: number;
  /** How the page shows it. @default as a map is drawn by itself */
  readonly look?: ExportLook | undefined;
  readonly onClose: () => void;
}

/** The map as a file: a picture, a page, or numbers. */
export function ExportDialog({ items, first = 0, look, onClose }: ExportDialogProps) {
  const words = useMessages(LOOK_WORDS);
  const [index, setIndex] = useState(first);
  const [scale, setScale] = useState<(typeof SCALES)[number]>("2");
  const [error, setError] = useState<string | undefined>(undefined);
  useStore(language);
  const item = items[index] ?? items[0];
  const save = async (format: Format) => {
    if (!item) return;
    try {
      const options = { ...exportOptions(item, look), language: language.get(), pixels: Number(scale) };
      saveFile(`${fileName(item)}.${format}`, await makeFile(item.what, format, options));
      setError(undefined);
    } catch (reason) {
      setError(messageOf(reason));
    }
  };
  const formats = FORMATS.filter((format) => item && formatOf(format).takes(item.what));
  return (
    <Dialog title={words.exportAs} onClose={onClose}>
      {items.length > 1 && (
        <Segmented
          label={words.exportWhich}
          choices={items.map(({ label }, place) => ({ value: String(place), label }))}
          value={String(index)}
          onChoose={(value) => setIndex(Number(value))}
        />
      )}
      <ul class="plain formats">
        {formats.map((format) => (
          <li key={format} class="row spread">
            <span>{words.formats[format]}</span>
            <span class="row">
              {format === "png" && (
                <Segmented
                  label={words.pngScale}
                  choices={SCALES.map((value) => ({ value, label: `${value}×` }))}
                  value={scale}
                  onChoose={setScale}
                />
              )}
              <button
                type="button"
                class="button small"
                aria-label={`${words.save} ${format}`}
                onClick={() => save(format)}
              >
                .{format}
              </button>
            </span>
          </li>
        ))}
      </ul>
      {error !== undefined && <p class="notice bad">{error}</p>}
    </Dialog>
  );
}
