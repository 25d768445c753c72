import type { FileRef, ImageEncoder, Model } from '../generated/manifest';
import type { EncoderStatus } from './encoder-status';
import { loadImageEncoderFiles } from './image-encoder-files';
import { ImageEncoderWorker } from './image-encoder-worker';
import type { EmbeddedPicture } from './image-encoder.worker';

/** The image encoder of a model, loaded when it is first needed, in a worker that has reproduced its golden. */
export class TrustedImageEncoder {
  private current: EncoderStatus;
  private worker: Promise<ImageEncoderWorker> | undefined;

  /**
   * @param appFiles The app's files, as the manifest lists them.
   * @param signal Cancels what is under way and frees the worker.
   */
  constructor(
    private readonly model: Model,
    private readonly appFiles: readonly FileRef[],
    private readonly signal: AbortSignal,
    private readonly onStatus: () => void,
  ) {
    this.current = { status: model.imageEncoder ? 'idle' : 'absent' };
  }

  get status(): EncoderStatus {
    return this.current;
  }

  /** @throws Error with a sentence for the visitor if the file cannot be used, or there is no encoder. */
  async embed(file: Blob): Promise<EmbeddedPicture> {
    const { imageEncoder, name } = this.model;
    if (!imageEncoder) throw new Error(`${name} cannot read pictures of your own.`);
    this.worker ??= this.load(imageEncoder).catch((error: unknown) => {
      this.worker = undefined;
      if (!this.signal.aborted) {
        this.become({ status: 'failed', message: (error as Error).message });
      }
      throw error;
    });
    const worker = await this.worker;
    try {
      return await worker.embed(file);
    } finally {
      // A worker that was killed for its memory is followed by another, when there is a picture.
      if (worker.ended) this.worker = undefined;
    }
  }

  private async load(encoder: ImageEncoder): Promise<ImageEncoderWorker> {
    const { signal } = this;
    signal.throwIfAborted();
    const worker = new ImageEncoderWorker();
    signal.addEventListener('abort', () => {
      worker.close();
    });
    try {
      const [files] = await Promise.all([
        loadImageEncoderFiles(encoder, signal, (progress) => {
          this.become({ status: 'loading', ...progress });
        }),
        worker.start(this.appFiles),
      ]);
      this.become({ status: 'preparing' });
      await worker.load(encoder, files);
    } catch (error) {
      worker.close();
      throw error;
    }
    this.become({ status: 'ready', backend: worker.backend });
    return worker;
  }

  private become(status: EncoderStatus): void {
    this.current = status;
    this.onStatus();
  }
}
