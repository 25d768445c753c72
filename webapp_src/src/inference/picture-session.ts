import type { Model, SiteManifest } from '../generated/manifest';
import type { BackendSelector } from './backend-selector';
import type { EncoderStatus } from './encoder-status';
import type { EmbeddedPicture } from './image-encoder.worker';
import { ModelSession } from './session';
import { TrustedImageEncoder } from './trusted-image-encoder';

/** A model in use on a page where visitors may have pictures of their own. */
export class PictureSession extends ModelSession {
  private readonly pictureEncoder: TrustedImageEncoder;

  constructor(
    manifest: SiteManifest,
    model: Model,
    backends: BackendSelector,
    onStatus: () => void,
  ) {
    super(manifest, model, backends, onStatus);
    const { signal } = this.closing;
    this.pictureEncoder = new TrustedImageEncoder(model, manifest.files, signal, onStatus);
  }

  /** Where the encoder of the visitor's own pictures stands. */
  get imageEncoder(): EncoderStatus {
    return this.pictureEncoder.status;
  }

  /**
   * Embeds a picture of the visitor's, which can then be used by its id like any other.
   *
   * @throws Error with a sentence for the visitor; the reason of `close` once closed.
   */
  async addPicture(id: string, file: Blob): Promise<EmbeddedPicture> {
    const picture = await this.pictureEncoder.embed(file);
    this.closing.signal.throwIfAborted();
    this.addImage(id, picture.row);
    return picture;
  }
}
