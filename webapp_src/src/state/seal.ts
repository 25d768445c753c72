import { sha256 } from '../inference/digest';

const SEAL = /^\{\s*"sha256": "([0-9a-f]{64})"/;
const LONGEST_START = 128;
const ZERO = '0'.charCodeAt(0);

/**
 * Whether a manifest is exactly what was built: its first value is the SHA-256 of the file with zeros
 * in that place, as builder/site/seal.py writes it.
 */
export async function isSealed(data: Uint8Array<ArrayBuffer>): Promise<boolean> {
  const start = new TextDecoder('latin1').decode(data.subarray(0, LONGEST_START));
  const [whole, digest] = SEAL.exec(start) ?? [];
  if (whole === undefined || digest === undefined) return false;
  const end = whole.length - 1;
  return (await sha256(data.slice().fill(ZERO, end - digest.length, end))) === digest;
}
