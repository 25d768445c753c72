import { decodeBase64 } from '../base64';
import type {
  CutPieces as CutModel,
  PipelineModel,
  SentencePieceModel,
  WordPieceModel,
} from '../generated/manifest';

/** What a character becomes that no piece has, where bytes stand for it. */
const BYTE = /^<0x[0-9A-F]{2}>$/;

/**
 * The pieces that a vocabulary was cut of, known by a Bloom filter of their names.
 *
 * A text uses them if something in it is unknown or in bytes, or if pieces that stand side by side in
 * a word are together a piece that was cut: the whole vocabulary would not have left them apart.
 */
export class CutPieces {
  private readonly bits: Uint8Array;
  private readonly names: readonly string[];
  private readonly unknownId: number | null;

  /** @param vocabulary - One that was cut. */
  constructor(
    private readonly cut: CutModel,
    vocabulary: SentencePieceModel | WordPieceModel | PipelineModel,
  ) {
    this.bits = decodeBase64(cut.filter);
    this.names = vocabulary.pieces;
    this.unknownId = unknownIdOf(vocabulary);
  }

  /** Whether a text uses what was cut, given the ids of its pieces. */
  areMissing(ids: readonly number[]): boolean {
    const names = ids.map((id) => this.names[id] ?? '');
    if (ids.some((id, i) => id === this.unknownId || BYTE.test(names[i] ?? ''))) return true;
    return names.some((_, start) => this.isCutAt(names, start));
  }

  private isCutAt(names: readonly string[], start: number): boolean {
    const { longest, prefix } = this.cut;
    let joined = names[start] ?? '';
    for (let next = start + 1; next < names.length; next++) {
      const name = names[next] ?? '';
      if (this.beginsWord(name, names[next - 1] ?? '')) return false;
      joined += name.slice(prefix.length);
      if (joined.length > longest) return false;
      if (this.has(joined)) return true;
    }
    return false;
  }

  private beginsWord(name: string, before: string): boolean {
    const { space, prefix, suffix } = this.cut;
    return (
      (space !== '' && name.startsWith(space)) ||
      !name.startsWith(prefix) ||
      (suffix !== '' && before.endsWith(suffix))
    );
  }

  private has(name: string): boolean {
    const hash = hashName(name);
    const step = (hash >>> 15) | 1;
    const size = 8 * this.bits.length;
    for (let i = 0; i < this.cut.hashes; i++) {
      const place = ((hash + Math.imul(i, step)) >>> 0) % size;
      if (((this.bits[place >> 3] ?? 0) & (1 << (place & 7))) === 0) return false;
    }
    return true;
  }
}

/** FNV-1a, 32 bits, of the name in UTF-8. */
function hashName(name: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(name)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}

function unknownIdOf(
  vocabulary: SentencePieceModel | WordPieceModel | PipelineModel,
): number | null {
  if (!('segmenter' in vocabulary)) return vocabulary.unknownId;
  const { segmenter } = vocabulary;
  return segmenter.algorithm === 'sentencepiece' ? segmenter.model.unknownId : segmenter.unknownId;
}
