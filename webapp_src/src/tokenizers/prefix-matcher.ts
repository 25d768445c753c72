/** Finds the longest of a set of strings that starts at a given place in a text. */
export class PrefixMatcher {
  /** Lengths of the strings that begin with a UTF-16 unit, the greatest first. */
  private readonly lengths = new Map<string, number[]>();

  constructor(private readonly strings: ReadonlySet<string>) {
    const longestFirst = [...strings].sort((a, b) => b.length - a.length);
    for (const { length, 0: unit = '' } of longestFirst) {
      const lengths = this.lengths.get(unit) ?? [];
      if (lengths.at(-1) !== length) lengths.push(length);
      this.lengths.set(unit, lengths);
    }
  }

  /** The length in UTF-16 units of the longest of the strings that starts at `start`, or 0. */
  match(text: string, start: number): number {
    const lengths = this.lengths.get(text.charAt(start)) ?? [];
    return lengths.find((length) => this.strings.has(text.slice(start, start + length))) ?? 0;
  }
}

/** The length in UTF-16 units of the character that starts at `start`: 1, or 2 past U+FFFF. */
export function characterLength(text: string, start: number): number {
  return (text.codePointAt(start) ?? 0) > 0xffff ? 2 : 1;
}
