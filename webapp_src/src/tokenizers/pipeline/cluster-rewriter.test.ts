import { expect, it } from 'vitest';
import { ClusterRewriter } from './cluster-rewriter';

/** A charsmap with the rules a: x, and é of two characters: E; see the layout in `charsmap.ts`. */
function makeCharsmap(): string {
  const rules: [number[], number][] = [
    [[0x61], 0],
    [[0x65, 0xcc, 0x81], 2],
  ];
  const units = new Array<number>(256).fill(0);
  const grow = (at: number, flags: number): void => {
    units[at] = ((units[at] ?? 0) | ((at ^ units.length) << 10) | flags) >>> 0;
    units.push(...new Array<number>(256).fill(0));
  };
  for (const [key, value] of rules) {
    let at = 0;
    for (const byte of key) {
      if ((units[at] ?? 0) >>> 10 === 0) grow(at, 0);
      at ^= (units[at] ?? 0) >>> 10;
      at ^= byte;
      units[at] = (units[at] ?? 0) | byte;
    }
    grow(at, 0x100);
    units[at ^ ((units[at] ?? 0) >>> 10)] = (value | 0x80000000) >>> 0;
  }
  const size = units.length * 4;
  const blob = new DataView(new ArrayBuffer(4 + size + 4));
  blob.setUint32(0, size, true);
  units.forEach((unit, index) => {
    blob.setUint32(4 + 4 * index, unit, true);
  });
  [0x78, 0, 0x45, 0].forEach((byte, index) => {
    blob.setUint8(4 + size + index, byte);
  });
  return btoa(String.fromCharCode(...new Uint8Array(blob.buffer)));
}

const REWRITER = new ClusterRewriter({
  kind: 'charsmap',
  precompiledCharsmap: makeCharsmap(),
  joining: [0x300, 0x36f, 0x200d, 0x200d],
  prepending: [0x600, 0x605],
  controls: [0, 0x1f, 0x200b, 0x200b],
});

// What normalizers.Precompiled of tokenizers 0.23.3 gives for the same rules.
it.each([
  ['banana', 'bxnxnx'],
  ['e\u0301', 'E'],
  ['ba\u0302', 'bx'], // the rest of a short cluster is dropped
  ['a\u0302\u0302\u0302', 'x\u0302\u0302\u0302'], // but not that of a long one
  ['e\u0301\u0301\u0301', 'e\u0301\u0301\u0301'],
  ['\u0600a\u0302', '\u0600x\u0302'],
  ['\u200ba\u0302', '\u200bx'],
  ['', ''],
])('rewrites %j by clusters', (text, result) => {
  expect(REWRITER.rewrite(text)).toBe(result);
});
