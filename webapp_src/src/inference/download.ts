import type { FileRef } from '../generated/manifest';

/** A download that failed; the message is a sentence for the visitor. */
export class DownloadError extends Error {
  override readonly name = 'DownloadError';

  constructor(
    message: string,
    /** Whether trying again may help: yes after a network failure, no if the file is missing. */
    readonly transient: boolean,
  ) {
    super(message);
  }
}

export interface DownloadOptions {
  readonly signal: AbortSignal;
  /** Called with the number of bytes of each chunk that arrives. */
  readonly onBytes?: (bytes: number) => void;
  /** Bypasses the browser's cache, which may hold what went wrong the last time. */
  readonly fresh?: boolean;
}

/**
 * Downloads a file of the site and checks that all of it arrived.
 *
 * @throws DownloadError if the download fails; the signal's reason if it is aborted.
 */
export async function downloadFile(
  file: Pick<FileRef, 'url' | 'bytes'>,
  { signal, onBytes, fresh = false }: DownloadOptions,
): Promise<ArrayBuffer> {
  const name = file.url;
  try {
    const url = new URL(file.url, document.baseURI);
    const response = await fetch(url, { signal, cache: fresh ? 'reload' : 'default' });
    if (!response.ok) {
      const transient = response.status >= 500 || response.status === 429;
      throw new DownloadError(`The server answered ${response.status} for ${name}.`, transient);
    }
    const content = await readBody(response, file.bytes, onBytes);
    if (content.byteLength === file.bytes) return content;
    throw new DownloadError(
      `${name} should have ${file.bytes} bytes, but ${content.byteLength} arrived.`,
      true,
    );
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof DownloadError) throw error;
    throw new DownloadError(`The network failed while ${name} was downloading.`, true);
  }
}

/** Reads a body into one buffer; one that is too long is cut one byte after its expected end. */
async function readBody(
  response: Response,
  expected: number,
  onBytes?: (bytes: number) => void,
): Promise<ArrayBuffer> {
  const content = new Uint8Array(expected + 1);
  let length = 0;
  const reader = response.body?.getReader();
  for (let chunk = await reader?.read(); chunk?.value; chunk = await reader?.read()) {
    const kept = chunk.value.subarray(0, content.length - length);
    content.set(kept, length);
    length += kept.length;
    onBytes?.(kept.length);
  }
  return content.buffer.slice(0, length);
}
