import { expect, test } from "vitest";
import { type Rgb, relativeLuminance } from "./color-table.ts";
import {
  detectColor,
  detectTheme,
  detectUnicode,
  indexedShade,
  sgrParameters,
  xtermColor,
  xtermIndex,
} from "./terminal-color.ts";

test.each([
  [{ COLORTERM: "truecolor", TERM: "xterm-256color" }, true, "truecolor"],
  [{ COLORTERM: "24bit" }, true, "truecolor"],
  [{ TERM: "xterm-256color" }, true, "256"],
  [{ TERM: "screen" }, true, "256"],
  [{ TERM: "xterm-kitty" }, true, "truecolor"],
  [{ TERM: "xterm-direct" }, true, "truecolor"],
  [{ TERM_PROGRAM: "vscode", TERM: "xterm-256color" }, true, "truecolor"],
  [{ WT_SESSION: "1" }, true, "truecolor"],
  [{ OS: "Windows_NT" }, true, "truecolor"],
  [{ TERM: "linux" }, true, "none"],
  [{ TERM: "dumb", COLORTERM: "truecolor" }, true, "none"],
  [{}, true, "none"],
  [{ COLORTERM: "truecolor" }, false, "none"],
  [{ COLORTERM: "truecolor", NO_COLOR: "1" }, true, "none"],
  [{ COLORTERM: "truecolor", NO_COLOR: "" }, true, "truecolor"],
  [{ FORCE_COLOR: "3", NO_COLOR: "1" }, false, "truecolor"],
  [{ FORCE_COLOR: "1" }, false, "256"],
  [{ FORCE_COLOR: "", COLORTERM: "truecolor" }, false, "truecolor"],
  [{ FORCE_COLOR: "0", COLORTERM: "truecolor" }, true, "none"],
  [{ FORCE_COLOR: "false", COLORTERM: "truecolor" }, true, "none"],
] as const)("%j on a terminal (%s) has colours: %s", (env, isTTY, mode) => {
  expect(detectColor({ env, isTTY })).toBe(mode);
});

test("signs beyond ASCII need a UTF-8 locale or a terminal that says so", () => {
  expect(detectUnicode({ env: { LANG: "en_GB.UTF-8" } })).toBe(true);
  expect(detectUnicode({ env: {} })).toBe(true);
  expect(detectUnicode({ env: { LC_ALL: "C", LANG: "en_GB.UTF-8" } })).toBe(false);
  expect(detectUnicode({ env: { TERM: "linux", LANG: "en_GB.UTF-8" } })).toBe(false);
  expect(detectUnicode({ env: { OS: "Windows_NT" } })).toBe(false);
  expect(detectUnicode({ env: { OS: "Windows_NT", WT_SESSION: "1" } })).toBe(true);
});

test("the theme is read from COLORFGBG, and dark without it", () => {
  expect(detectTheme({ env: { COLORFGBG: "0;15" } })).toBe("light");
  expect(detectTheme({ env: { COLORFGBG: "15;0" } })).toBe("dark");
  expect(detectTheme({ env: { COLORFGBG: "15;default;8" } })).toBe("dark");
  expect(detectTheme({ env: {} })).toBe("dark");
});

test("every xterm colour is its own nearest", () => {
  for (let index = 16; index < 256; index++) {
    const color = xtermColor(index);
    expect(xtermColor(xtermIndex(color))).toEqual(color);
  }
  expect(xtermColor(231)).toEqual([255, 255, 255]);
  expect(xtermColor(232)).toEqual([8, 8, 8]);
});

test("the tables of 256-colour terminals run one way", () => {
  const shades = (theme: "light" | "dark") => {
    return Array.from({ length: 101 }, (_, i) => relativeLuminance(indexedShade(i / 100, theme) as Rgb));
  };
  expect(shades("dark")).toEqual([...shades("dark")].sort((a, b) => a - b));
  expect(shades("light")).toEqual([...shades("light")].sort((a, b) => b - a));
  expect(new Set(shades("dark")).size).toBeGreaterThan(10);
});

test("styles become parameters, and nothing without colour", () => {
  const style = { bold: true, ink: [255, 0, 0], paper: [0, 0, 95] } as const;
  expect(sgrParameters(style, "truecolor")).toBe("1;38;2;255;0;0;48;2;0;0;95");
  expect(sgrParameters(style, "256")).toBe("1;38;5;196;48;5;17");
  expect(sgrParameters(style, "none")).toBe("");
});
