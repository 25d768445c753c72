import type { FileList } from '../../generated/manifest';
import { fetchChecked, nameOf } from '../download';
import { sha256 } from '../digest';
import { retryDownload } from '../retry';
import { loadFile } from '../site-files';

/** What names a file: the first bytes of its SHA-256, written as digits. */
export const NAME_BYTES = 16;
const NAME = /^[0-9a-f]{32}/;

/**
 * Downloads a file of a gallery and checks that its content is what its name says; tries again where
 * that is worth it.
 *
 * @throws DownloadError if it cannot be had; the signal's reason if it is aborted.
 */
export function fetchNamed(url: string, signal: AbortSignal): Promise<ArrayBuffer> {
  const name = NAME.exec(nameOf(url))?.[0];
  if (name === undefined) throw new Error(`${url} is not named by its content.`);
  const isRight = async (content: Uint8Array<ArrayBuffer>): Promise<boolean> =>
    (await sha256(content)).startsWith(name);
  return retryDownload(
    (count) => fetchChecked(url, undefined, isRight, { signal, fresh: count > 1 }),
    signal,
  );
}

/**
 * Downloads a list of files.
 *
 * @returns The URL of each, by its number.
 */
export async function fetchList(
  list: FileList,
  signal: AbortSignal,
): Promise<(file: number) => string> {
  const content = await loadFile(list, signal);
  const names = new Uint8Array(content);
  return (file) => `${list.folder}/${readName(names, file)}${list.suffix}`;
}

/** The name of a file without its suffix, from its place among names. */
export function readName(names: Uint8Array, place: number): string {
  const bytes = Array.from(names.subarray(place * NAME_BYTES, (place + 1) * NAME_BYTES));
  return bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
