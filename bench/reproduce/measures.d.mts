type Span = readonly [start: number, end: number];

export function focusOf(
  map: { readonly weights: ArrayLike<number>; readonly columns: readonly string[] },
  spans: readonly Span[],
  span: Span,
): { share: number; isLargest: boolean };
