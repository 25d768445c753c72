import { slices } from './slices';

/** @throws Error with a sentence for the visitor if this browser cannot decompress. */
export function requireGzip(): void {
  if (typeof DecompressionStream === 'undefined') {
    throw new Error('This browser is too old for this page. Update it, or use another one.');
  }
}

/**
 * The content of a file in gzip.
 *
 * That may have any size, so the file must be known to come from the builder.
 */
export async function decompress(file: ArrayBuffer): Promise<ArrayBuffer> {
  const { readable, writable } = new DecompressionStream('gzip');
  const [content] = await Promise.all([new Response(readable).arrayBuffer(), feed(writable, file)]);
  return content;
}

async function feed(stream: WritableStream<BufferSource>, file: ArrayBuffer): Promise<void> {
  const writer = stream.getWriter();
  for await (const slice of slices(new Uint8Array(file))) await writer.write(slice);
  await writer.close();
}
