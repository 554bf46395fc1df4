/** The colours of the shell: those of the pictures, so that page and views are one. */
import { hexColor, PAGE_COLORS, type Rgb, WHITE_TO_BLUE } from "fovea/views";
import { theme } from "../state/preferences.ts";

const blue = (index: number) => hexColor(WHITE_TO_BLUE[index] as Rgb);

const EXTRA = {
  light: {
    ground: "#f6f7f9",
    raised: "#ffffff",
    accent: blue(191),
    "accent-soft": "#e8f1fc",
    "on-accent": "#ffffff",
    good: "#0a6b4a",
    warn: "#8a4b00",
    "warn-soft": "#fdf3e3",
    bad: "#a3261f",
    "bad-soft": "#fdecea",
    shadow: "0 1px 2px rgb(27 36 48 / 6%), 0 4px 16px rgb(27 36 48 / 5%)",
  },
  dark: {
    ground: "#0c0f14",
    raised: "#12161c",
    accent: blue(72),
    "accent-soft": "#16263a",
    "on-accent": "#06121f",
    good: "#5cc9a0",
    warn: "#f0b45c",
    "warn-soft": "#2b2112",
    bad: "#ff8f86",
    "bad-soft": "#331816",
    shadow: "none",
  },
} as const;

function rules(mode: "light" | "dark"): string {
  const colors = { ...PAGE_COLORS[mode], ...EXTRA[mode] };
  return `color-scheme:${mode};${Object.entries(colors)
    .map(([name, value]) => `--${name}:${value};`)
    .join("")}`;
}

/** Adds the colours to the page and keeps them in step with the reader's choice. */
export function applyTheme(): void {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(
    `:root{${rules("light")}}@media (prefers-color-scheme:dark){:root{${rules("dark")}}}` +
      `:root[data-theme=light]{${rules("light")}}:root[data-theme=dark]{${rules("dark")}}`,
  );
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  const show = () => {
    document.documentElement.dataset.theme = theme.get();
  };
  theme.subscribe(show);
  show();
}
