import { createHash } from 'node:crypto';

const UNSEALED = '0'.repeat(64);

/** SHA-256 in hexadecimal. */
export function hashOf(content: Uint8Array | string): string {
  return createHash('sha256').update(content).digest('hex');
}

/** A manifest as builder/site/seal.py writes it. */
export function sealManifest(manifest: object | null): Uint8Array<ArrayBuffer> {
  const unsealed = JSON.stringify({ sha256: UNSEALED, ...manifest }, null, 1);
  const text = unsealed.replace(/"sha256": "\w*"/, `"sha256": "${UNSEALED}"`);
  return new TextEncoder().encode(text.replace(UNSEALED, hashOf(text)));
}

/** The answer of a server that has this manifest. */
export function serveManifest(manifest: object | null): Response {
  return new Response(sealManifest(manifest));
}
