import { characterLength } from './prefix-matcher';
import type { Vocabulary } from './vocabulary';

/** How far below the lowest score an unknown character is (sentencepiece's kUnkPenalty). */
const UNKNOWN_PENALTY = 10;

/** The best segmentation that ends at some place in the text. */
interface Path {
  readonly score: number;
  readonly start: number;
}

/**
 * Segments normalized text into the pieces whose scores sum highest: a Viterbi search that keeps
 * sums in single precision, as sentencepiece's `unigram_model.cc` does, so that ties fall alike.
 */
export function segmentUnigram(text: string, vocabulary: Vocabulary): string[] {
  const paths: (Path | undefined)[] = [];
  const unknownScore = Math.fround(vocabulary.minScore - UNKNOWN_PENALTY);
  for (let start = 0; start < text.length;) {
    const before = paths[start]?.score ?? 0;
    const single = start + characterLength(text, start);
    let singleKnown = false;
    const offer = (end: number, gain: number): void => {
      const best = paths[end];
      const score = Math.fround(gain + before);
      if (!best || score > best.score) paths[end] = { score, start };
    };
    const last = Math.min(text.length, start + vocabulary.longest);
    for (let end = single; end <= last; end++) {
      const piece = text.slice(start, end);
      const id = vocabulary.find(piece);
      if (id === undefined) continue;
      offer(end, gainOf(id, piece, vocabulary));
      singleKnown ||= end === single;
    }
    if (!singleKnown) offer(single, unknownScore);
    start = single;
  }
  return readBack(text, paths);
}

function gainOf(id: number, piece: string, vocabulary: Vocabulary): number {
  if (!vocabulary.isUserDefined(id)) return vocabulary.score(id);
  // User-defined pieces get a bonus by length in bytes, whatever their score (sentencepiece 0.2.3).
  return Math.fround(0.1 * new TextEncoder().encode(piece).length - 0.1);
}

function readBack(text: string, paths: readonly (Path | undefined)[]): string[] {
  const pieces: string[] = [];
  for (let end = text.length; end > 0;) {
    const start = paths[end]?.start ?? 0;
    pieces.push(text.slice(start, end));
    end = start;
  }
  return pieces.reverse();
}
