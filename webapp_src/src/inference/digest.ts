import { slices } from './slices';

/** The SHA-256 of some bytes, as 64 hexadecimal digits. */
export async function sha256(data: Uint8Array<ArrayBuffer>): Promise<string> {
  // Browsers hash, in a thread of their own, on https and on this machine only.
  const { subtle } = crypto as { subtle?: SubtleCrypto };
  const digest = subtle
    ? new Uint8Array(await subtle.digest('SHA-256', data))
    : await hashSlices(data);
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

async function hashSlices(data: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const { sha256: algorithm } = await import('@noble/hashes/sha2.js');
  const hash = algorithm.create();
  for await (const slice of slices(data)) hash.update(slice);
  return hash.digest();
}
