import { EXPORTS, type Exportable, renderSvg, svgToPng, type Theme } from "fovea/views";
import { useState } from "preact/hooks";
import { useMessages } from "../../messages/table.ts";
import { Dialog } from "../../shell/dialog.tsx";
import { Segmented } from "../../shell/segmented.tsx";
import { messageOf } from "../../state/notices.ts";
import { language, theme } from "../../state/preferences.ts";
import { saveFile } from "../../state/save-file.ts";
import { useStore } from "../../state/store.ts";
import { LOOK_WORDS } from "./messages.ts";

export interface ExportItem {
  readonly label: string;
  readonly what: Exportable;
}

type Format = "svg" | "png" | "html" | "json" | "csv" | "npy";

const FORMATS: readonly Format[] = ["svg", "png", "html", "json", "csv", "npy"];
const SCALES = ["1", "2", "4"] as const;

/** The theme that the page shows now. */
function themeNow(): Theme {
  const chosen = theme.get();
  if (chosen !== "auto") return chosen;
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

function titleOf(what: Exportable): string {
  return ("prediction" in what ? (what.map.title ?? what.prediction.text) : what.title) ?? "attention";
}

/** A name that every file system takes. */
function fileName(what: Exportable): string {
  const name = titleOf(what)
    .normalize("NFKD")
    .replace(/[^\p{L}\p{N}.-]+/gu, "-");
  return name.replace(/^[-.]+|[-.]+$/g, "").slice(0, 60) || "attention";
}

async function makeFile(what: Exportable, format: Format, scale: number): Promise<Blob> {
  const options = { language: language.get() };
  if (format === "png") {
    const map = "prediction" in what ? what.map : what;
    return svgToPng(renderSvg(map, { ...options, theme: themeNow() }), { scale });
  }
  const found = EXPORTS.find(({ name }) => name === format);
  if (!found) throw new RangeError(`export: expected one of ${FORMATS} but found ${format}`);
  return new Blob([found.make(what, options) as BlobPart], { type: found.mime });
}

export interface ExportDialogProps {
  readonly items: readonly ExportItem[];
  readonly onClose: () => void;
}

/** The map as a file: a picture, a page, or numbers. */
export function ExportDialog({ items, onClose }: ExportDialogProps) {
  const words = useMessages(LOOK_WORDS);
  const [index, setIndex] = useState(0);
  const [scale, setScale] = useState<(typeof SCALES)[number]>("2");
  const [error, setError] = useState<string | undefined>(undefined);
  useStore(language);
  const item = items[index] ?? items[0];
  const save = async (format: Format) => {
    if (!item) return;
    try {
      saveFile(`${fileName(item.what)}.${format}`, await makeFile(item.what, format, Number(scale)));
      setError(undefined);
    } catch (reason) {
      setError(messageOf(reason));
    }
  };
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
        {FORMATS.map((format) => (
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
