/** @throws Error with a sentence for the visitor if this browser cannot decompress. */
export function requireGzip(): void {
  if (typeof DecompressionStream === 'undefined') {
    throw new Error('This browser is too old for this page. Update it, or use another one.');
  }
}

/**
 * The content of a file in gzip.
 *
 * What it becomes may be of any size, so only give it what is known to come from the builder.
 */
export function decompress(file: ArrayBuffer): Promise<ArrayBuffer> {
  // A blob comes in pieces, between which the page goes on.
  const pieces = new Blob([file]).stream();
  return new Response(pieces.pipeThrough(new DecompressionStream('gzip'))).arrayBuffer();
}
