import type { FileList } from '../../generated/manifest';
import { LruCache } from '../lru-cache';
import { fetchList, fetchNamed } from './named-file';

/** The files of a list by number, each downloaded once and kept while there is room. */
export class NamedFiles {
  private urls: Promise<(file: number) => string> | undefined;
  private readonly kept: LruCache<number, ArrayBuffer>;

  constructor(
    private readonly list: FileList,
    /** How many are kept. */
    capacity: number,
  ) {
    this.kept = new LruCache(capacity);
  }

  /** Begins to download the list, which the first file waits for; it is of use to any later search. */
  prepare(): Promise<(file: number) => string> {
    this.urls ??= fetchList(this.list, new AbortController().signal).catch((error: unknown) => {
      this.urls = undefined;
      throw error;
    });
    return this.urls;
  }

  /** @throws DownloadError if the file cannot be had; the signal's reason if it is aborted. */
  async get(file: number, signal: AbortSignal): Promise<ArrayBuffer> {
    const kept = this.kept.get(file);
    if (kept) return kept;
    const url = (await this.prepare())(file);
    const content = await fetchNamed(url, signal);
    this.kept.set(file, content);
    return content;
  }

  /**
   * Downloads files in parallel, and calls `use` with each as soon as it is there.
   *
   * @throws DownloadError, when all others have been used, if one cannot be had.
   */
  async forEach(
    files: readonly number[],
    use: (content: ArrayBuffer, file: number) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const outcomes = await Promise.allSettled(
      files.map(async (file) => {
        const content = await this.get(file, signal);
        signal.throwIfAborted();
        use(content, file);
      }),
    );
    const failed = outcomes.find((outcome) => outcome.status === 'rejected');
    if (failed) throw failed.reason;
  }
}
