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
  private readonly unusedIds = new Map<string, number>();
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
      if (type === UNUSED) this.unusedIds.set(piece, id);
      if (type === NORMAL || type === USER_DEFINED) {
        this.ids.set(piece, id);
        longest = Math.max(longest, piece.length);
      }
    });
    this.userDefined = new PrefixMatcher(kept);
    this.minScore = min;
    this.longest = longest;
  }

  /** The id of a piece that may stand in a result. */
  find(piece: string): number | undefined {
    return this.ids.get(piece);
  }

  /** The same, or the id of a piece marked unused, which may only be merged into others. */
  findMerged(piece: string): number | undefined {
    return this.ids.get(piece) ?? this.unusedIds.get(piece);
  }

  score(id: number): number {
    return this.model.scores[id] ?? 0;
  }

  isUnused(piece: string): boolean {
    return this.unusedIds.has(piece);
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
