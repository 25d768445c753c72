/** Where the focus is in a grid. */
export interface Focus {
  readonly place: number;
  readonly columns: number;
  /** How many pictures are on a screen. */
  readonly page: number;
  readonly last: number;
  readonly isRtl: boolean;
}

/** The place to which a key moves the focus; undefined for keys that do not. */
export function targetOf(
  { key, altKey, ctrlKey, metaKey }: KeyboardEvent,
  { place, columns, page, last, isRtl }: Focus,
): number | undefined {
  if (altKey || metaKey || (ctrlKey && key !== 'Home' && key !== 'End')) return undefined;
  const forward = isRtl ? -1 : 1;
  const targets: Readonly<Record<string, number>> = {
    ArrowRight: place + forward,
    ArrowLeft: place - forward,
    ArrowDown: place + columns,
    ArrowUp: place - columns,
    PageDown: place + page,
    PageUp: place - page,
    Home: 0,
    End: last,
  };
  const target = targets[key];
  if (target === undefined || last < 0) return undefined;
  // Up from the first row, there is nothing.
  if (target < 0) return key === 'ArrowUp' ? place : 0;
  return Math.min(last, target);
}
