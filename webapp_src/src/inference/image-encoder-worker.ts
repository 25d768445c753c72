import type { FileRef, ImageEncoder } from '../generated/manifest';
import type { ImageEncoderFiles } from './image-encoder-files';
import type { EmbeddedPicture, ImageWorkerApi } from './image-encoder.worker';
import workerUrl from './image-encoder.worker?worker&url';
import { moduleScript } from './module-worker';
import { WorkerLink } from './worker-link';

/** The page's end of a worker with one image encoder, in the backend that every browser has. */
export class ImageEncoderWorker extends WorkerLink<ImageWorkerApi> {
  constructor() {
    super(moduleScript(new URL(workerUrl, import.meta.url)), 'wasm');
  }

  protected override startBackend(files: readonly FileRef[]): Promise<boolean> {
    return this.api.start(this.backend, files);
  }

  /** @throws Error if the encoder does not reproduce its golden. */
  load(encoder: ImageEncoder, files: ImageEncoderFiles): Promise<void> {
    return this.call(this.api.load(encoder, files));
  }

  /** @throws Error with a sentence for the visitor if the file cannot be used. */
  embed(file: Blob): Promise<EmbeddedPicture> {
    return this.call(this.api.embed(file));
  }
}
