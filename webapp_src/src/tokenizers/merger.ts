import { PriorityQueue } from './priority-queue';

/** A piece of the text that may grow. */
export interface Part {
  readonly text: string;
  /** Whether it never merges. */
  readonly frozen?: boolean;
}

/** A part, linked to its neighbours by index; -1 at the ends. */
interface Symbol {
  text: string;
  previous: number;
  next: number;
  readonly frozen: boolean;
}

/** Two neighbours that could merge; stale once either has grown or gone. */
interface Pair {
  readonly left: number;
  readonly right: number;
  readonly score: number;
  readonly length: number;
}

/** How good it is to merge two neighbours; undefined if they may not be merged. */
export type ScorePair = (left: string, right: string) => number | undefined;

/** Byte-pair encoding: merges the neighbours that score best, the leftmost of equals. */
export function mergePairs(parts: readonly Part[], scorePair: ScorePair): string[] {
  return new Merger(parts, scorePair).merge();
}

class Merger {
  private readonly symbols: Symbol[];
  private readonly agenda = new PriorityQueue<Pair>((a, b) =>
    a.score === b.score ? a.left < b.left : a.score > b.score,
  );

  constructor(
    parts: readonly Part[],
    private readonly scorePair: ScorePair,
  ) {
    this.symbols = parts.map(({ text, frozen = false }, index) => ({
      text,
      previous: index - 1,
      next: index + 1 < parts.length ? index + 1 : -1,
      frozen,
    }));
  }

  merge(): string[] {
    const { symbols, agenda } = this;
    for (let right = 1; right < symbols.length; right++) this.consider(right - 1, right);
    for (let pair = agenda.pop(); pair; pair = agenda.pop()) {
      const left = symbols[pair.left];
      const right = symbols[pair.right];
      if (!left?.text || !right?.text) continue;
      if (left.text.length + right.text.length !== pair.length) continue;
      left.text += right.text;
      right.text = '';
      left.next = right.next;
      const after = symbols[right.next];
      if (after) after.previous = pair.left;
      this.consider(left.previous, pair.left);
      this.consider(pair.left, left.next);
    }
    return symbols.filter((symbol) => symbol.text !== '').map((symbol) => symbol.text);
  }

  private consider(left: number, right: number): void {
    const first = this.symbols[left];
    const second = this.symbols[right];
    if (!first || !second || first.frozen || second.frozen) return;
    const score = this.scorePair(first.text, second.text);
    if (score === undefined) return;
    const length = first.text.length + second.text.length;
    this.agenda.push({ left, right, score, length });
  }
}
