export type TextRecord = Readonly<Record<string, string | number>>;

export function linesOf(text: string): string[];
export function labelled(text: string, labels: Readonly<Record<string, string>>): TextRecord[];
export function reviews(text: string): TextRecord[];
export function turns(text: string): TextRecord[];
export function cells(text: string): string[][];
export function unescaped(text: string): string;
export function news(text: string): TextRecord[];
