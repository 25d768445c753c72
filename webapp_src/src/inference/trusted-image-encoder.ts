import type { FileRef, ImageEncoder, Model } from '../generated/manifest';
import { loadImageEncoderFiles } from './image-encoder-files';
import { ImageEncoderWorker } from './image-encoder-worker';
import type { EmbeddedPicture } from './image-encoder.worker';
import { TrustedWorker } from './trusted-worker';

/** The image encoder of a model, loaded when it is first needed, in a worker that has reproduced its golden. */
export class TrustedImageEncoder extends TrustedWorker<ImageEncoderWorker> {
  /**
   * @param appFiles The app's files, as the manifest lists them.
   * @param signal Cancels what is under way and frees the worker.
   */
  constructor(
    private readonly model: Model,
    appFiles: readonly FileRef[],
    signal: AbortSignal,
    onStatus: () => void,
  ) {
    super({ status: model.imageEncoder ? 'idle' : 'absent' }, appFiles, signal, onStatus);
  }

  /** @throws Error with a sentence for the visitor if the file cannot be used, or there is no encoder. */
  async embed(file: Blob): Promise<EmbeddedPicture> {
    this.requireEncoder();
    const worker = await this.ready();
    try {
      return await worker.embed(file);
    } finally {
      // A worker that was killed for its memory is followed by another, when there is a picture.
      if (worker.ended) this.replace();
    }
  }

  protected override async load(): Promise<ImageEncoderWorker> {
    const encoder = this.requireEncoder();
    this.signal.throwIfAborted();
    const files = loadImageEncoderFiles(encoder, this.signal, (progress) => {
      this.become({ status: 'loading', ...progress });
    });
    const worker = new ImageEncoderWorker();
    await this.launch(worker, files, (contents) => {
      this.become({ status: 'preparing' });
      return worker.load(encoder, contents);
    });
    this.become({ status: 'ready', backend: worker.backend });
    return worker;
  }

  private requireEncoder(): ImageEncoder {
    const { imageEncoder, name } = this.model;
    if (!imageEncoder) throw new Error(`${name} cannot read pictures of your own.`);
    return imageEncoder;
  }
}
