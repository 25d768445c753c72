import type { FileRef } from '../generated/manifest';
import { DownloadError, nameOf } from './download';
import { loadFile } from './site-files';

/**
 * Downloads a file of the app and checks it against the manifest, which names it.
 *
 * @param url As the app knows it; one that holds the content itself is left alone.
 * @param files The app's files, as the manifest lists them.
 * @returns An address of the content that was checked.
 * @throws DownloadError with a sentence for the visitor.
 */
export async function fetchRuntimeFile(url: string, files: readonly FileRef[]): Promise<string> {
  if (url.startsWith('data:')) return url;
  // The name has a hash of the content, so it says which file this is wherever the site lies.
  const file = files.find((candidate) => nameOf(candidate.url) === nameOf(url));
  if (!file) {
    throw new DownloadError('This page is older than its data. Reload the page.');
  }
  const { signal } = new AbortController();
  const content = await loadFile(file, signal);
  return URL.createObjectURL(new Blob([content], { type: 'application/wasm' }));
}
