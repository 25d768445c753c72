/**
 * The framing of builder/tfjs/runtime.py: two little-endian uint32 (header bytes, payload bytes),
 * a JSON header in UTF-8, a binary payload.
 */
export interface Frame {
  header: unknown;
  payload: Uint8Array;
}

const PREFIX_BYTES = 8;

/** The frames of a byte stream, one after the other, until it ends. */
export async function* readFrames(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Frame> {
  let chunks: Uint8Array[] = [];
  let available = 0;
  let wanted = PREFIX_BYTES;
  for await (const chunk of stream) {
    chunks.push(chunk);
    available += chunk.byteLength;
    while (available >= wanted) {
      const bytes = Buffer.concat(chunks);
      chunks = [bytes];
      const headerEnd = PREFIX_BYTES + bytes.readUInt32LE(0);
      const end = headerEnd + bytes.readUInt32LE(4);
      if (bytes.byteLength < end) {
        wanted = end;
        break;
      }
      yield {
        header: JSON.parse(bytes.toString('utf8', PREFIX_BYTES, headerEnd)) as unknown,
        payload: bytes.subarray(headerEnd, end),
      };
      chunks = [bytes.subarray(end)];
      available = bytes.byteLength - end;
      wanted = PREFIX_BYTES;
    }
  }
}

/** One frame as bytes. */
export function encodeFrame(header: unknown, payload: readonly Uint8Array[] = []): Uint8Array {
  const text = Buffer.from(JSON.stringify(header), 'utf8');
  const prefix = Buffer.alloc(PREFIX_BYTES);
  prefix.writeUInt32LE(text.byteLength, 0);
  prefix.writeUInt32LE(
    payload.reduce((total, part) => total + part.byteLength, 0),
    4,
  );
  return Buffer.concat([prefix, text, ...payload]);
}
