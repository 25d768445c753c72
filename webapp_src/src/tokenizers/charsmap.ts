/** A rewriting of the longest matching prefix: how many bytes it takes and what they become. */
export interface Rewrite {
  readonly length: number;
  readonly replacement: string;
}

/** How many nested rules SentencePiece looks at in one place (its kMaxTrieResultsSize). */
const MAX_MATCHES = 32;

/**
 * SentencePiece's `precompiled_charsmap`: a darts-clone double-array trie over UTF-8 keys.
 *
 * Layout of the blob: the size of the trie in bytes (uint32), the trie's units (uint32 each), then
 * the replacements as NUL-terminated UTF-8, which the trie's values point into. All little-endian.
 */
export class Charsmap {
  private readonly units: Uint32Array;
  private readonly replacements: Uint8Array;
  private readonly decoded = new Map<number, string>();

  /** @throws RangeError if the blob is not a complete charsmap. */
  constructor(blob: Uint8Array) {
    const view = new DataView(blob.buffer, blob.byteOffset, blob.byteLength);
    const trieBytes = view.getUint32(0, true);
    this.units = new Uint32Array(trieBytes / 4);
    for (let i = 0; i < this.units.length; i++) this.units[i] = view.getUint32(4 + 4 * i, true);
    this.replacements = blob.subarray(4 + trieBytes);
  }

  /** The rule with the longest key that starts at `start`, if any. */
  rewritePrefix(bytes: Uint8Array, start: number): Rewrite | undefined {
    return this.findRule(bytes, start, MAX_MATCHES);
  }

  /** What the shortest key stands for that the bytes begin with, if any. */
  shortestRule(bytes: Uint8Array): string | undefined {
    return this.findRule(bytes, 0, 1)?.replacement;
  }

  /** The rule with the longest of the first `maxMatches` keys. */
  private findRule(bytes: Uint8Array, start: number, maxMatches: number): Rewrite | undefined {
    let length = 0;
    let value = 0;
    let matches = 0;
    let position = offset(this.units[0] ?? 0);
    for (let i = start; i < bytes.length && matches < maxMatches; i++) {
      const byte = bytes[i] ?? 0;
      position ^= byte;
      const unit = this.units[position] ?? 0;
      if (label(unit) !== byte) break;
      position ^= offset(unit);
      if (hasLeaf(unit)) {
        matches += 1;
        length = i - start + 1;
        value = (this.units[position] ?? 0) & 0x7fffffff;
      }
    }
    return length > 0 ? { length, replacement: this.replacementAt(value) } : undefined;
  }

  private replacementAt(start: number): string {
    let text = this.decoded.get(start);
    if (text === undefined) {
      const end = this.replacements.indexOf(0, start);
      text = new TextDecoder().decode(this.replacements.subarray(start, end));
      this.decoded.set(start, text);
    }
    return text;
  }
}

// A unit packs a label (low byte, or bit 31 in a leaf), whether a leaf follows, and an offset.
function label(unit: number): number {
  return (unit & 0x800000ff) >>> 0;
}

function hasLeaf(unit: number): boolean {
  return ((unit >>> 8) & 1) === 1;
}

function offset(unit: number): number {
  return (unit >>> 10) << ((unit & 0x200) >>> 6);
}
