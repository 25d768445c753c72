import type { FileRef } from '../generated/manifest';
import { downloadFile, type DownloadableFile } from './download';
import { retryDownload } from './retry';

export interface LoadProgress {
  readonly loaded: number;
  readonly total: number;
  readonly attempt: number;
}

/** The bytes to download. */
export function sumBytes(files: readonly FileRef[]): number {
  return files.reduce((sum, file) => sum + file.bytes, 0);
}

/**
 * Downloads a file of a site; tries again where that is worth it.
 *
 * @throws as `downloadFile` does.
 */
export function loadFile(file: DownloadableFile, signal: AbortSignal): Promise<ArrayBuffer> {
  return retryDownload((count) => downloadFile(file, { signal, fresh: count > 1 }), signal);
}

/** Downloads files of a site in parallel, and counts bytes as they come; if one fails, the others are cancelled. */
export async function loadFiles(
  files: readonly DownloadableFile[],
  signal: AbortSignal,
  onProgress: (progress: LoadProgress) => void,
): Promise<ArrayBuffer[]> {
  const common = new AbortController();
  const abort = (): void => {
    common.abort(signal.reason);
  };
  signal.addEventListener('abort', abort);
  const total = sumBytes(files);
  const received = files.map(() => 0);
  const contents: ArrayBuffer[] = [];
  let attempt = 1;
  const report = (): void => {
    onProgress({ loaded: received.reduce((sum, bytes) => sum + bytes, 0), total, attempt });
  };
  report();
  const load = async (file: DownloadableFile, index: number): Promise<void> => {
    contents[index] = await retryDownload((count) => {
      received[index] = 0;
      attempt = Math.max(attempt, count);
      report();
      const onBytes = (bytes: number): void => {
        received[index] = (received[index] ?? 0) + bytes;
        report();
      };
      return downloadFile(file, { signal: common.signal, onBytes, fresh: count > 1 });
    }, common.signal);
  };
  try {
    await Promise.all(files.map(load));
  } finally {
    signal.removeEventListener('abort', abort);
    common.abort();
  }
  return contents;
}
