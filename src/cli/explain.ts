import { readFile, stat } from "node:fs/promises";
import { basename, dirname, extname, resolve } from "node:path";
import { encodeText } from "../data/folder.ts";
import { nodeFolder } from "../data/node-folder.ts";
import type { Explanation } from "../tasks/events.ts";
import type { OpenModel } from "../tasks/recipe.ts";
import { DataError } from "../tensor/errors.ts";
import type { Theme } from "../views/color-table.ts";
import { EXPORTS, exportText, mapOf } from "../views/export-map.ts";
import type { Language } from "../views/messages.ts";
import { renderPng } from "../views/node-png.ts";
import { visibleText } from "../views/token-text.ts";
import { answerLine } from "./answer-format.ts";
import type { Context } from "./context.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { withModel } from "./model-folder.ts";
import { alternatives, quoted } from "./option-values.ts";
import { drawingFor } from "./terminal.ts";
import { UsageError } from "./usage-error.ts";

export interface ExplainOptions {
  readonly text: string;
  /** A file; what is written is decided by how its name ends. */
  readonly out?: string;
  /** Pixels of a PNG for each pixel of the page. */
  readonly scale?: number;
  readonly theme?: Theme;
  readonly lang?: Language;
  /** A font file for the text of a PNG. */
  readonly font?: string;
}

const PNG = ".png";
const ENDINGS: readonly string[] = [...EXPORTS.map(({ ending }) => ending), PNG];

/** Shows what the answer to a text was read from, on the terminal or in a file. */
export function explain(path: string, options: ExplainOptions, context: Context): Promise<ExitCode> {
  const { text, out } = options;
  checkOptions(options);
  return withModel(path, {
    context,
    command: "explain",
    async use(model) {
      const explanation = await withFaithfulness(model, await model.explain(text));
      if (out === undefined) {
        const drawing = drawingFor(context.stdout, context.env);
        const { theme = drawing.theme, lang: language = "en" } = options;
        await context.stdout.write(exportText(explanation, { ...drawing, theme, language }));
        return EXIT.done;
      }
      const file = resolve(context.cwd, out);
      const bytes = await fileBytes(explanation, { ...options, out }, context);
      const isThere = await stat(dirname(file)).catch(() => undefined);
      await nodeFolder(dirname(file)).write(basename(file), bytes);
      await context.stdout.line(answerLine(explanation.prediction));
      await context.stderr.line(isThere ? `Written to ${out}` : `Written to ${out}, in a new folder`);
      return EXIT.done;
    },
  });
}

/** Measuring takes some three readings a token: of longer texts it is left out. */
const MOST_MEASURED = 200;

/** An explanation with how far it is to be believed, where the model can tell. */
async function withFaithfulness(model: OpenModel, explanation: Explanation): Promise<Explanation> {
  const { map, prediction } = explanation;
  const hasWeights = Array.from(map.weights).some((weight) => weight > 0);
  if (!model.faithfulness || !hasWeights || map.columns.length > MOST_MEASURED) return explanation;
  return { ...explanation, faithfulness: await model.faithfulness(prediction.text) };
}

function endingOf(out: string): string {
  return extname(out).toLowerCase();
}

/** @throws UsageError for a file of no known kind, or an option that does nothing there */
function checkOptions({ out, scale, font }: ExplainOptions): void {
  if (out !== undefined && !ENDINGS.includes(endingOf(out))) {
    throw new UsageError(`explain: expected --out to end in ${alternatives(ENDINGS)} but found ${quoted(out)}`);
  }
  if (out !== undefined && endingOf(out) === PNG) return;
  const option = scale !== undefined ? "--scale" : font !== undefined ? "--font" : undefined;
  if (option === undefined) return;
  const found = out === undefined ? "no --out" : quoted(out);
  throw new UsageError(`explain: expected ${option} with an --out that ends in ${PNG} but found ${found}`);
}

async function fileBytes(
  explanation: Explanation,
  options: ExplainOptions & { readonly out: string },
  context: Context,
): Promise<Uint8Array> {
  const ending = endingOf(options.out);
  const { theme, lang: language = "en" } = options;
  if (ending === PNG) return pngBytes(explanation, options, context);
  const format = EXPORTS.find((candidate) => candidate.ending === ending) as (typeof EXPORTS)[number];
  const made = format.make(explanation, { language, ...(theme === undefined ? {} : { theme }) });
  return typeof made === "string" ? encodeText(made) : made;
}

async function pngBytes(
  explanation: Explanation,
  { scale: zoom = 1, theme = "light", lang: language = "en", font }: ExplainOptions,
  context: Context,
): Promise<Uint8Array> {
  const fonts = font === undefined ? [] : [await fontFile(resolve(context.cwd, font), font)];
  const { bytes, missing } = await renderPng(mapOf(explanation), { zoom, theme, language, fonts });
  if (missing.length > 0) await context.stderr.line(missingLine(missing, font));
  return bytes;
}

/** How the formats begin that fonts come in: TrueType, OpenType, and collections of either. */
const FONT_STARTS = ["\x00\x01\x00\x00", "OTTO", "true", "ttcf"];

/** @throws DataError where there is no font, which would pass over in silence */
async function fontFile(path: string, name: string): Promise<string> {
  const bytes = await readFile(path).catch(() => undefined);
  if (bytes && FONT_STARTS.includes(bytes.toString("latin1", 0, 4))) return path;
  const found = bytes ? "a file that is none" : "nothing that can be read";
  throw new DataError(`explain: expected a font (.ttf, .otf, .ttc) at ${name} but found ${found}`);
}

const MOST_NAMED = 10;

/** Which characters are not in the picture, and what to do about it. */
function missingLine(missing: readonly string[], font: string | undefined): string {
  const names = missing.slice(0, MOST_NAMED).map((character) => {
    const code = (character.codePointAt(0) as number).toString(16).toUpperCase().padStart(4, "0");
    return `${visibleText(character)} (U+${code})`;
  });
  const more = missing.length > MOST_NAMED ? ` and ${missing.length - MOST_NAMED} more` : "";
  const where = font === undefined ? "no font of this machine" : `neither ${font} nor a font of this machine`;
  const isChinese = missing.some((character) => /\p{Script=Han}/u.test(character));
  const such = isChinese ? " (on Debian and Ubuntu: apt install fonts-noto-cjk)" : "";
  return (
    `Warning: ${where} has ${names.join(", ")}${more}; a sign of replacement stands in the picture instead. ` +
    `Install a font that has them${such}, or name one with --font.`
  );
}
