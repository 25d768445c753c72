import { proxy } from 'comlink';
import type { Gallery } from '../../generated/manifest';
import { moduleScript } from '../module-worker';
import { WorkerLink } from '../worker-link';
import type { Found, GallerySearch, Wanted } from './gallery-search';
import type { GalleryWorkerApi } from './gallery.worker';
import workerUrl from './gallery.worker?worker&url';

/** The page's end of a worker that searches a gallery. */
export class GalleryWorker
  extends WorkerLink<GalleryWorkerApi, 'gallery'>
  implements GallerySearch
{
  private opened: Promise<void> | undefined;
  private searches = 0;

  constructor(private readonly gallery: Gallery) {
    super(moduleScript(new URL(workerUrl, import.meta.url)), 'gallery');
  }

  protected override startBackend(): Promise<boolean> {
    return this.api.open(this.gallery);
  }

  async prepare(): Promise<void> {
    await this.open();
    return this.call(this.api.prepare());
  }

  async search(
    wanted: Wanted,
    onFound: (found: readonly Found[]) => void,
    signal: AbortSignal,
  ): Promise<readonly Found[]> {
    await this.open();
    signal.throwIfAborted();
    const number = this.searches++;
    const report = proxy((found: readonly Found[]) => {
      if (!signal.aborted) onFound(found);
    });
    return new Promise((resolve, reject) => {
      const stop = (): void => {
        reject(signal.reason as Error);
        void this.api.stop(number);
      };
      signal.addEventListener('abort', stop, { once: true });
      this.call(this.api.search(number, wanted, report))
        .finally(() => {
          signal.removeEventListener('abort', stop);
        })
        .then(resolve, reject);
    });
  }

  async row(position: number): Promise<Float32Array> {
    await this.open();
    return this.call(this.api.row(position));
  }

  async used(): Promise<readonly string[]> {
    await this.open();
    return this.call(this.api.used());
  }

  private open(): Promise<void> {
    return (this.opened ??= this.start([]));
  }
}
