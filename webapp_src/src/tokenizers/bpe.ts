import { mergePairs, type Part } from './merger';
import { characterLength } from './prefix-matcher';
import type { Vocabulary } from './vocabulary';

/**
 * Segments normalized text by byte-pair encoding: merges the neighbours whose union scores best,
 * until none is in the vocabulary (sentencepiece's `bpe_model.cc`).
 */
export function segmentBpe(text: string, vocabulary: Vocabulary): string[] {
  /** What pieces marked unused were merged from: they take part in merges but are split again. */
  const origins = new Map<string, readonly [string, string]>();
  const pieces = mergePairs(splitCharacters(text, vocabulary), (left, right) => {
    const merged = left + right;
    const id = vocabulary.findMerged(merged);
    if (id === undefined) return undefined;
    if (vocabulary.isUnused(merged)) origins.set(merged, [left, right]);
    return vocabulary.score(id);
  });
  const settle = (piece: string): string[] => {
    const origin = vocabulary.isUnused(piece) && origins.get(piece);
    return origin ? origin.flatMap(settle) : [piece];
  };
  return pieces.flatMap(settle);
}

/** Characters, and the user-defined pieces, which never merge. */
function splitCharacters(text: string, vocabulary: Vocabulary): Part[] {
  const parts: Part[] = [];
  for (let start = 0; start < text.length;) {
    const kept = vocabulary.userDefined.match(text, start);
    const end = start + (kept || characterLength(text, start));
    parts.push({ text: text.slice(start, end), frozen: kept > 0 });
    start = end;
  }
  return parts;
}
