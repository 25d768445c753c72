import { PriorityQueue } from './priority-queue';
import { characterLength } from './prefix-matcher';
import type { Vocabulary } from './vocabulary';

/** A piece of the text, linked to its neighbours by index; -1 at the ends. */
interface Symbol {
  text: string;
  previous: number;
  next: number;
  /** User-defined pieces never merge. */
  readonly frozen: boolean;
}

/** Two neighbours that could merge; stale once either has grown or gone. */
interface Pair {
  readonly left: number;
  readonly right: number;
  readonly score: number;
  readonly length: number;
}

/**
 * Segments normalized text by byte-pair encoding: merges the neighbours whose union scores best,
 * the leftmost of equals, until none is in the vocabulary (sentencepiece's `bpe_model.cc`).
 */
export function segmentBpe(text: string, vocabulary: Vocabulary): string[] {
  return new Merger(text, vocabulary).merge();
}

class Merger {
  private readonly symbols: Symbol[];
  private readonly agenda = new PriorityQueue<Pair>((a, b) =>
    a.score === b.score ? a.left < b.left : a.score > b.score,
  );
  /** What pieces marked unused were merged from: they take part in merges but are split again. */
  private readonly origins = new Map<string, readonly [string, string]>();

  constructor(
    text: string,
    private readonly vocabulary: Vocabulary,
  ) {
    this.symbols = splitCharacters(text, vocabulary);
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
    return symbols
      .filter((symbol) => symbol.text !== '')
      .flatMap((symbol) => this.settle(symbol.text));
  }

  private consider(left: number, right: number): void {
    const first = this.symbols[left];
    const second = this.symbols[right];
    if (!first || !second || first.frozen || second.frozen) return;
    const merged = first.text + second.text;
    const id = this.vocabulary.findMerged(merged);
    if (id === undefined) return;
    this.agenda.push({ left, right, score: this.vocabulary.score(id), length: merged.length });
    if (this.vocabulary.isUnused(merged)) this.origins.set(merged, [first.text, second.text]);
  }

  private settle(piece: string): string[] {
    const origin = this.vocabulary.isUnused(piece) && this.origins.get(piece);
    return origin ? origin.flatMap((part) => this.settle(part)) : [piece];
  }
}

function splitCharacters(text: string, vocabulary: Vocabulary): Symbol[] {
  const symbols: Symbol[] = [];
  for (let start = 0; start < text.length;) {
    const kept = vocabulary.userDefined.match(text, start);
    const end = start + (kept || characterLength(text, start));
    const index = symbols.length;
    symbols.push({
      text: text.slice(start, end),
      previous: index - 1,
      next: end < text.length ? index + 1 : -1,
      frozen: kept > 0,
    });
    start = end;
  }
  return symbols;
}
