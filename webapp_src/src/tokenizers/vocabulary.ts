import type { SentencePieceModel } from '../generated/manifest';
import { PrefixMatcher } from './prefix-matcher';

const NORMAL = 1;
const USER_DEFINED = 4;
const UNUSED = 5;
const BYTE = 6;

/** The pieces of a SentencePiece model, looked up by string. */
export class Vocabulary {
  /** Matches the pieces that are kept whole wherever they occur. */
  readonly userDefined: PrefixMatcher;
  /** The lowest score of the normal pieces. */
  readonly minScore: number;
  /** The length in UTF-16 units of the longest piece that text can be segmented into. */
  readonly longest: number;
  private readonly ids = new Map<string, number>();
  private readonly byteIds = new Map<string, number>();

  constructor(private readonly model: SentencePieceModel) {
    const kept = new Set<string>();
    let min = Infinity;
    let longest = 0;
    model.pieces.forEach((piece, id) => {
      const type = model.types[id];
      if (type === BYTE) this.byteIds.set(piece, id);
      if (type === USER_DEFINED) kept.add(piece);
      if (type === NORMAL) min = Math.min(min, this.score(id));
      // Control and unknown pieces have ids but never match text.
      if (type === NORMAL || type === USER_DEFINED || type === UNUSED) {
        this.ids.set(piece, id);
        longest = Math.max(longest, piece.length);
      }
    });
    this.userDefined = new PrefixMatcher(kept);
    this.minScore = min;
    this.longest = longest;
  }

  find(piece: string): number | undefined {
    return this.ids.get(piece);
  }

  score(id: number): number {
    return this.model.scores[id] ?? 0;
  }

  isUnused(id: number): boolean {
    return this.model.types[id] === UNUSED;
  }

  isUserDefined(id: number): boolean {
    return this.model.types[id] === USER_DEFINED;
  }

  /** The id of the piece `<0xAB>`, or the unknown id where the model has no such piece. */
  byteId(byte: number): number {
    const piece = `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`;
    return this.byteIds.get(piece) ?? this.model.unknownId;
  }
}
