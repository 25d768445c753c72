import type { FileRef } from '../src/generated/manifest';
import { sha256 } from '../src/inference/digest';

/**
 * What a file must be, which is all that its place in the cache depends on. Of a file that is named by
 * its content, the hash is cut to its first 32 digits.
 */
export type Content = Pick<FileRef, 'sha256' | 'bytes'>;

/** Where a file is kept: versions that have the same one share it. */
export function addressOf({ sha256: digest, bytes }: Content, scope: string): string {
  return `${scope}?sha256=${digest}&bytes=${bytes}`;
}

/** What is at an address of `addressOf`; undefined for any other. */
export function contentAt(address: string): Content | undefined {
  const { searchParams } = new URL(address);
  const [digest, bytes] = [searchParams.get('sha256'), Number(searchParams.get('bytes'))];
  return digest === null ? undefined : { sha256: digest, bytes };
}

/** An answer with exactly this content, whatever else its headers say; null if it has another. */
export async function verify(
  response: Response,
  expected: Pick<Content, 'sha256'> & Partial<Content>,
): Promise<Response | null> {
  // One of another origin that does not let pages read it has status 0.
  if (response.status !== 200) return null;
  const content = new Uint8Array(await response.arrayBuffer());
  if (expected.bytes !== undefined && content.length !== expected.bytes) return null;
  if (!(await sha256(content)).startsWith(expected.sha256)) return null;
  const type = response.headers.get('content-type');
  return new Response(content, type === null ? {} : { headers: { 'content-type': type } });
}
