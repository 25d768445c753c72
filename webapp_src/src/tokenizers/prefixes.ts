/** Finds which of a set of strings, the longest first, starts at a place in a text. */
export class PrefixMatcher {
  private readonly longest: number;

  constructor(private readonly strings: ReadonlySet<string>) {
    this.longest = Math.max(0, ...[...strings].map((string) => string.length));
  }

  /** The length in UTF-16 units of the longest of the strings that starts at `start`, or 0. */
  match(text: string, start: number): number {
    for (let length = Math.min(this.longest, text.length - start); length > 0; length--) {
      if (this.strings.has(text.slice(start, start + length))) return length;
    }
    return 0;
  }
}

/** The length in UTF-16 units of the character that starts at `start`: 1, or 2 past U+FFFF. */
export function characterLength(text: string, start: number): number {
  return (text.codePointAt(start) ?? 0) > 0xffff ? 2 : 1;
}
