import type { BpeSegmenter as BpeModel } from '../../generated/manifest';
import { mergePairs, type Part } from '../merger';

/** Turns words into ids by byte-pair encoding, as Hugging Face's `tokenizers` does. */
export class BpeSegmenter {
  private readonly ids: ReadonlyMap<string, number>;
  private readonly words: ReadonlyMap<string, number>;
  /** For a piece, the ranks of the merges that make it, by the length of their left part. */
  private readonly ranks = new Map<number, number | Map<number, number>>();
  private readonly unknown: string | undefined;

  constructor(
    private readonly pieces: readonly string[],
    private readonly model: BpeModel,
  ) {
    this.ids = new Map(pieces.map((piece, id) => [piece, id]));
    this.words = new Map(Object.entries(model.words));
    this.unknown = model.unknownId === null ? undefined : pieces[model.unknownId];
    this.readMerges();
  }

  encode(word: string): number[] {
    const whole = this.words.get(word) ?? (this.model.whole ? this.ids.get(word) : undefined);
    if (whole !== undefined) return [whole];
    const pieces = mergePairs(this.spell(word), (left, right) => this.score(left, right));
    return pieces.map((piece) => this.ids.get(piece) ?? 0);
  }

  private readMerges(): void {
    let id = 0;
    let rank = 0;
    this.model.merged.forEach((step, index) => {
      id += step;
      const left = this.model.lefts[index] ?? 0;
      if (left === 0) this.ranks.set(id, rank);
      else {
        const known = this.ranks.get(id);
        const ranks = known instanceof Map ? known : new Map<number, number>();
        ranks.set(left, rank);
        this.ranks.set(id, ranks);
      }
      // A longer left part comes first, so all merges of a piece have ranks of their own.
      rank += this.pieces[id]?.length ?? 0;
    });
  }

  private score(left: string, right: string): number | undefined {
    const id = this.ids.get(left + right);
    const ranks = id === undefined ? undefined : this.ranks.get(id);
    if (typeof ranks === 'number') return -ranks - right.length;
    const rank = ranks?.get(left.length);
    return rank === undefined ? undefined : -rank;
  }

  /** Characters as pieces; what has none becomes its bytes, or the unknown piece, or nothing. */
  private spell(word: string): Part[] {
    const { suffix, byteFallback, fuseUnknown } = this.model;
    const parts: Part[] = [];
    let unknown: string | undefined;
    const characters = Array.from(word);
    characters.forEach((character, index) => {
      const text = index === characters.length - 1 ? character + suffix : character;
      const bytes = this.ids.has(text) || !byteFallback ? undefined : this.bytesOf(text);
      if (this.ids.has(text)) {
        if (unknown !== undefined) parts.push({ text: unknown });
        unknown = undefined;
        parts.push({ text });
      } else if (bytes) parts.push(...bytes);
      else if (this.unknown !== undefined) {
        if (unknown !== undefined && !fuseUnknown) parts.push({ text: unknown });
        unknown = this.unknown;
      }
    });
    if (unknown !== undefined) parts.push({ text: unknown });
    return parts;
  }

  /** The pieces of the bytes, if there is one for each. */
  private bytesOf(text: string): Part[] | undefined {
    const parts = Array.from(new TextEncoder().encode(text), (byte) => ({ text: nameByte(byte) }));
    return parts.every((part) => this.ids.has(part.text)) ? parts : undefined;
  }
}

/** The piece of a byte, such as `<0x0A>`. */
export function nameByte(byte: number): string {
  return `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`;
}
