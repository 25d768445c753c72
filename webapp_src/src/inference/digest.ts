/** How much is hashed at once where the browser does not do it: about 5 ms on a phone. */
const SLICE = 256 * 1024;

/** The SHA-256 of some bytes, as 64 hexadecimal digits. */
export async function sha256(data: Uint8Array<ArrayBuffer>): Promise<string> {
  // Browsers hash, in a thread of their own, on https and on this machine only.
  const { subtle } = crypto as { subtle?: SubtleCrypto };
  const digest = subtle
    ? new Uint8Array(await subtle.digest('SHA-256', data))
    : await hashSlices(data);
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Lets the page go on between slices. */
async function hashSlices(data: Uint8Array): Promise<Uint8Array> {
  const { sha256: algorithm } = await import('@noble/hashes/sha2.js');
  const hash = algorithm.create();
  for (let start = 0; start < data.length; start += SLICE) {
    if (start > 0) await new Promise((resolve) => setTimeout(resolve));
    hash.update(data.subarray(start, start + SLICE));
  }
  return hash.digest();
}
