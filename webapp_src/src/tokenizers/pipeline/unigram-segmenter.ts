import type { UnigramSegmenter as UnigramModel } from '../../generated/manifest';
import { nameByte } from './bpe-segmenter';

/** How far below the lowest score an unknown character is. */
const UNKNOWN_PENALTY = 10;

/** The best segmentation that ends at some place in the word. */
interface Path {
  readonly score: number;
  readonly start: number;
  readonly id: number;
}

/**
 * Turns words into the ids of the pieces whose scores sum highest, in double precision, as Hugging
 * Face's `tokenizers` does. SentencePiece itself, in `unigram.ts`, breaks ties in single precision.
 */
export class UnigramSegmenter {
  private readonly ids: ReadonlyMap<string, number>;
  private readonly scores: readonly number[];
  private readonly unknownScore: number;
  private readonly longest: number;

  constructor(
    pieces: readonly string[],
    private readonly model: UnigramModel,
  ) {
    this.ids = new Map(pieces.map((piece, id) => [piece, id]));
    this.scores = model.singlePrecision ? model.scores.map(Math.fround) : model.scores;
    this.unknownScore = this.scores.reduce((a, b) => Math.min(a, b), Infinity) - UNKNOWN_PENALTY;
    this.longest = pieces.reduce((longest, piece) => Math.max(longest, piece.length), 0);
  }

  encode(word: string): number[] {
    return this.joinUnknown(word, this.findPaths(word)).flatMap((piece) => this.idsOf(piece));
  }

  private findPaths(word: string): (Path | undefined)[] {
    const paths: (Path | undefined)[] = [];
    for (let start = 0; start < word.length;) {
      const before = paths[start]?.score ?? 0;
      const single = start + ((word.codePointAt(start) ?? 0) > 0xffff ? 2 : 1);
      let singleKnown = false;
      const offer = (end: number, gain: number, id: number): void => {
        const best = paths[end];
        const score = gain + before;
        if (!best || score > best.score) paths[end] = { score, start, id };
      };
      const last = Math.min(word.length, start + this.longest);
      for (let end = single; end <= last; end++) {
        const id = this.ids.get(word.slice(start, end));
        if (id === undefined) continue;
        offer(end, this.scores[id] ?? 0, id);
        singleKnown ||= end === single;
      }
      if (!singleKnown) offer(single, this.unknownScore, this.model.unknownId);
      start = single;
    }
    return paths;
  }

  /** The pieces of the best path, unknown neighbours as one. */
  private joinUnknown(word: string, paths: readonly (Path | undefined)[]): string[] {
    const pieces: string[] = [];
    let unknownEnd: number | undefined;
    for (let end = word.length; end > 0;) {
      const { start, id } = paths[end] ?? { start: 0, id: this.model.unknownId };
      if (id === this.model.unknownId) unknownEnd ??= end;
      else {
        if (unknownEnd !== undefined) pieces.push(word.slice(end, unknownEnd));
        unknownEnd = undefined;
        pieces.push(word.slice(start, end));
      }
      end = start;
    }
    if (unknownEnd !== undefined) pieces.push(word.slice(0, unknownEnd));
    return pieces.reverse();
  }

  private idsOf(piece: string): number[] {
    const id = this.ids.get(piece);
    if (id !== undefined) return [id];
    if (this.model.byteFallback) {
      const bytes = Array.from(new TextEncoder().encode(piece), (b) => this.ids.get(nameByte(b)));
      if (bytes.every((byte) => byte !== undefined)) return bytes;
    }
    return [this.model.unknownId];
  }
}
