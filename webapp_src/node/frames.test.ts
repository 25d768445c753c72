import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { cutPayload } from './arrays';
import { encodeFrame, readFrames, type Frame } from './frames';

const FRAMES = [
  { header: { method: 'load', name: 'é' }, payload: [1, 2, 3] },
  { header: { method: 'predict' }, payload: [] },
  { header: { error: 'no' }, payload: Array.from({ length: 300 }, (_, i) => i % 256) },
];
const BYTES = Buffer.concat(
  FRAMES.map(({ header, payload }) => encodeFrame(header, [Uint8Array.from(payload)])),
);

async function read(chunks: Uint8Array[]): Promise<Frame[]> {
  const frames: Frame[] = [];
  for await (const frame of readFrames(Readable.from(chunks))) frames.push(frame);
  return frames;
}

describe('frames', () => {
  test.each([1, 2, 7, 8, 9, 100, BYTES.length])('survive chunks of %i bytes', async (size) => {
    const chunks = Array.from({ length: Math.ceil(BYTES.length / size) }, (_, i) =>
      BYTES.subarray(i * size, (i + 1) * size),
    );
    const frames = await read(chunks);
    expect(frames.map(({ header, payload }) => ({ header, payload: [...payload] }))).toEqual(
      FRAMES,
    );
  });

  test('join the parts of a payload', async () => {
    const bytes = encodeFrame({}, [Uint8Array.of(1), Uint8Array.of(2, 3)]);
    const [frame] = await read([bytes]);
    expect([...(frame?.payload ?? [])]).toEqual([1, 2, 3]);
  });

  test('that end too early are not passed on', async () => {
    expect(await read([BYTES.subarray(0, 20)])).toEqual([]);
  });
});

test('a payload is cut into aligned pieces in the order of the headers', () => {
  const pieces = cutPayload(
    [{ bytes: 1 }, { bytes: 4 }, { bytes: 0 }],
    Uint8Array.of(9, 1, 0, 0, 0),
  );
  expect(pieces.map(([, bytes]) => [...bytes])).toEqual([[9], [1, 0, 0, 0], []]);
  expect(pieces.every(([, bytes]) => bytes.byteOffset % 4 === 0)).toBe(true);
});
