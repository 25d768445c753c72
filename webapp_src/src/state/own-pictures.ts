import { msg, str } from '@lit/localize';
import type { Image, Model } from '../generated/manifest';
import type { EncoderStatus } from '../inference/encoder-status';
import { imageEncoderBytes } from '../inference/image-encoder-files';
import type { EmbeddedPicture } from '../inference/image-encoder.worker';
import { localizeSentence } from '../localization/language';

/** What own pictures need of a model in use; another model is another object. */
export interface PictureReader {
  readonly model: Model;
  readonly imageEncoder: EncoderStatus;
  addPicture(id: string, file: Blob): Promise<EmbeddedPicture>;
}

/** What own pictures ask of the demo around them. */
export interface OwnPicturesHost {
  readonly reader: PictureReader;
  /** Called after every change. */
  onChange(): void;
  /** A picture can be used with the model in use; `isNew` the first time. */
  onReady(id: string, isNew: boolean): void;
  onWarning(text: string): void;
}

/** Whether the visitor has to agree to a download, or something is being done. */
export type OwnPicturesState = 'idle' | 'asking' | 'working';

/**
 * The visitor's own pictures, for this visit. They stay on the device: nothing of them is sent.
 *
 * What reads them is downloaded once the visitor has agreed to its size.
 */
export class OwnPictures {
  /** Those that were read at least once, the last first. */
  images: readonly Image[] = [];
  state: OwnPicturesState = 'idle';
  private readonly files = new Map<string, Blob>();
  /** The ids of those that the model in use has read. */
  private readonly ready = new Set<string>();
  /** Which encoders the visitor has agreed to, by the hash of their graph. */
  private readonly agreed = new Set<string>();
  private count = 0;

  constructor(private readonly host: OwnPicturesHost) {}

  /** Bytes that the visitor is asked to agree to. */
  get bytes(): number {
    return imageEncoderBytes(this.host.reader.model);
  }

  /** Whether a picture is the visitor's own. */
  has(id: string): boolean {
    return this.files.has(id);
  }

  /** Whether the model in use has read it. */
  isReady(id: string): boolean {
    return this.ready.has(id);
  }

  /** Takes a picture that the visitor has chosen, dropped or pasted. */
  async add(file: Blob): Promise<void> {
    if (file.type && !file.type.startsWith('image/')) {
      this.host.onWarning(msg('This file is not a picture.'));
      return;
    }
    // No demo's picture has an id with a colon.
    this.count += 1;
    this.files.set(`own:${this.count}`, file);
    // Who is working already goes on to this one.
    if (this.state !== 'working') await this.read();
  }

  /** Loads what reads pictures, and reads those that are waiting. */
  async agree(): Promise<void> {
    const { imageEncoder } = this.host.reader.model;
    if (imageEncoder) this.agreed.add(imageEncoder.graph.model.sha256);
    await this.read();
  }

  /** Forgets what the last model has read. */
  forget(): void {
    this.ready.clear();
    this.state = 'idle';
  }

  /** Reads what the model in use has not read yet, if the visitor has agreed to its download. */
  async read(): Promise<void> {
    const { reader } = this.host;
    const { imageEncoder, name } = reader.model;
    if (this.next() === undefined) return;
    if (!imageEncoder) {
      this.dropUnread();
      this.host.onWarning(
        msg(str`${name} cannot read pictures of your own. Choose another model for them.`),
      );
      return;
    }
    if (!this.agreed.has(imageEncoder.graph.model.sha256)) {
      this.become('asking');
      return;
    }
    this.become('working');
    const tried = new Set<string>();
    for (let id = this.next(tried); id !== undefined; id = this.next(tried)) {
      tried.add(id);
      await this.readOne(id, reader);
      // With another model, another call goes on.
      if (reader !== this.host.reader) return;
    }
    this.become('idle');
  }

  private async readOne(id: string, reader: PictureReader): Promise<void> {
    const file = this.files.get(id);
    if (!file) return;
    try {
      const picture = await reader.addPicture(id, file);
      if (reader !== this.host.reader) return;
      this.ready.add(id);
      const isNew = !this.images.some((image) => image.id === id);
      if (isNew) this.images = [describe(id, picture, this.images.length + 1), ...this.images];
      this.host.onReady(id, isNew);
    } catch (error) {
      if (reader !== this.host.reader) return;
      this.dropUnread(id);
      this.host.onWarning(localizeSentence((error as Error).message));
    }
  }

  /** The next one that the model in use has not read, but for those that were tried. */
  private next(tried: ReadonlySet<string> = new Set()): string | undefined {
    return [...this.files.keys()].find((id) => !this.ready.has(id) && !tried.has(id));
  }

  /** Forgets a picture that was never shown, or all of them. */
  private dropUnread(id?: string): void {
    const shown = new Set(this.images.map((image) => image.id));
    for (const known of id === undefined ? [...this.files.keys()] : [id]) {
      if (!shown.has(known)) this.files.delete(known);
    }
  }

  private become(state: OwnPicturesState): void {
    this.state = state;
    this.host.onChange();
  }
}

function describe(id: string, { shown, side }: EmbeddedPicture, number: number): Image {
  const url = URL.createObjectURL(shown);
  // Made here, so there is nothing to compare it with.
  const picture = { url, sha256: '', bytes: shown.size, width: side, height: side };
  return {
    id,
    description: number === 1 ? msg('Your picture') : msg(str`Your picture ${number}`),
    prompts: [],
    photo: picture,
    display: [],
    thumbnail: picture,
    credit: { author: null, license: null, source: null },
  };
}
