import type { CompressibleRef, FileRef } from '../generated/manifest';
import { readChunks, StallError, within } from './body';
import { sha256 } from './digest';
import { decompress, requireGzip } from './gzip';

/** Milliseconds before each further attempt after the network, or the server, failed. */
const AFTER_FAILURE = [500, 1500, 4000];
/** After a download of which nothing more arrived, which has taken long enough. */
const AFTER_STALL = [500];
/** After a wrong answer, which the browser may have kept: once more, past its cache, and at once. */
const AFTER_WRONG_ANSWER = [0];

/** The most that is read of a file whose size is not known; the builder's are smaller. */
const MOST_BYTES = 4 * 1024 * 1024;

/** How long an answer may take to begin: browsers let requests to one host wait for each other. */
const ANSWER_MS = 60_000;

/** A download that failed; the message is a sentence for the visitor. */
export class DownloadError extends Error {
  override readonly name = 'DownloadError';

  constructor(
    message: string,
    /** Milliseconds before each further attempt that is worth making. */
    readonly pauses: readonly number[] = [],
  ) {
    super(message);
  }
}

/** Also of one that comes from a worker, which keeps an error's name but not its class. */
export function isDownloadError(error: unknown): boolean {
  return error instanceof Error && error.name === 'DownloadError';
}

export interface DownloadOptions {
  readonly signal: AbortSignal;
  /** Called with the number of bytes of each chunk that arrives. */
  readonly onBytes?: (bytes: number) => void;
  /** Bypasses the browser's cache, which may hold what went wrong the last time. */
  readonly fresh?: boolean;
}

/** What the manifest says of a file; only those of a kind that may be compressed have an encoding. */
export type DownloadableFile = FileRef & Partial<Pick<CompressibleRef, 'encoding'>>;

/**
 * Downloads a file of the site, checks that it is what the builder wrote, and decompresses it.
 *
 * @throws DownloadError if the download fails; Error with a sentence if this browser cannot decompress;
 *   the signal's reason if it is aborted.
 */
export async function downloadFile(
  file: DownloadableFile,
  options: DownloadOptions,
): Promise<ArrayBuffer> {
  if (file.encoding !== 'gzip') return fetchFile(file, options);
  requireGzip();
  const content = await decompress(await fetchFile(file, options));
  options.signal.throwIfAborted();
  return content;
}

function fetchFile(file: FileRef, options: DownloadOptions): Promise<ArrayBuffer> {
  const isRight = async (content: Uint8Array<ArrayBuffer>): Promise<boolean> =>
    content.length === file.bytes && (await sha256(content)) === file.sha256;
  return fetchChecked(file.url, file.bytes, isRight, options);
}

/**
 * Downloads a file, as it is stored.
 *
 * @param bytes Its size, if that is known.
 * @param isRight Whether that is its content.
 * @throws DownloadError if the download fails; the signal's reason if it is aborted.
 */
export async function fetchChecked(
  url: string,
  bytes: number | undefined,
  isRight: (content: Uint8Array<ArrayBuffer>) => Promise<boolean>,
  { signal, onBytes, fresh = false }: DownloadOptions,
): Promise<ArrayBuffer> {
  const name = nameOf(url);
  try {
    const response = await within(
      ANSWER_MS,
      fetch(url, { signal, cache: fresh ? 'reload' : 'default' }),
    );
    if (!response.ok) {
      const transient = response.status >= 500 || response.status === 429;
      throw new DownloadError(
        `The server answered ${response.status} for ${name}.`,
        transient ? AFTER_FAILURE : AFTER_WRONG_ANSWER,
      );
    }
    const content = await readBody(response, bytes ?? MOST_BYTES, onBytes);
    if (!(await isRight(new Uint8Array(content)))) {
      throw describeMismatch(name, response, content.byteLength < (bytes ?? 0));
    }
    signal.throwIfAborted();
    return content;
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof DownloadError) throw error;
    if (error instanceof StallError) {
      throw new DownloadError(`Nothing more arrives of ${name}.`, AFTER_STALL);
    }
    throw new DownloadError(`The network failed while ${name} was downloading.`, AFTER_FAILURE);
  }
}

/** The last part of an address, which is enough to tell files apart. */
export function nameOf(url: string): string {
  return url.replace(/[?#].*/, '').replace(/.*\//, '');
}

function describeMismatch(name: string, response: Response, isCut: boolean): DownloadError {
  if (response.headers.get('content-type')?.startsWith('text/html')) {
    return new DownloadError(
      `The server sent a web page in place of ${name}. Try again; if it stays so, the site has to be uploaded again.`,
      AFTER_WRONG_ANSWER,
    );
  }
  if (isCut) return new DownloadError(`Only a part of ${name} arrived.`, AFTER_FAILURE);
  return new DownloadError(
    `${name} was altered on its way. Try again; if it stays so, the site has to be uploaded again.`,
    AFTER_WRONG_ANSWER,
  );
}

/** Reads a body into one buffer; one that is too long is cut one byte after its expected end. */
async function readBody(
  response: Response,
  expected: number,
  onBytes?: (bytes: number) => void,
): Promise<ArrayBuffer> {
  const content = new Uint8Array(expected + 1);
  let length = 0;
  for await (const chunk of readChunks(response)) {
    const kept = chunk.subarray(0, content.length - length);
    content.set(kept, length);
    length += kept.length;
    onBytes?.(kept.length);
    if (length > expected) break;
  }
  return content.buffer.slice(0, length);
}
