import type { SentencePieceModel } from '../generated/manifest';

/** As small as can be: it knows the letter a. */
export const VOCABULARY: SentencePieceModel = {
  algorithm: 'bpe',
  pieces: ['<pad>', '</s>', '<unk>', '▁', 'a', '▁a'],
  scores: [0, 0, 0, -2, -3, -1],
  types: [3, 3, 2, 1, 1, 1],
  unknownId: 2,
  byteFallback: false,
  addDummyPrefix: true,
  removeExtraWhitespaces: true,
  escapeWhitespaces: true,
  precompiledCharsmap: '',
  cut: null,
};
