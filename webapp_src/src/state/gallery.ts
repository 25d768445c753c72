import { Pauses } from './pauses';

const PAUSE_MS = 150;

/** What a gallery needs from a model in use. */
export interface Ranking {
  findImages(text: string): Promise<readonly string[]>;
  similarImages(imageId: string): readonly string[];
}

/** What a gallery asks of the demo around it. */
export interface GalleryHost {
  /** The model in use, once it can rank; another model is another object. */
  readonly session: Ranking | undefined;
  /** Called after every change. */
  onChange(): void;
  onFailure(error: Error): void;
}

/** The order of the pictures: as the author gave it, by how well they fit a text, or by likeness. */
export class Gallery {
  /** What pictures are looked for by; blank if by nothing. */
  text = '';
  /** The id of the picture whose like are looked for. */
  model: string | undefined;
  /** The ids of the pictures, the best first; undefined for the author's order. */
  order: readonly string[] | undefined;
  private readonly pauses = new Pauses<string>(PAUSE_MS);

  constructor(private readonly host: GalleryHost) {}

  /** Looks for the pictures that fit a text, after a pause in typing. */
  find(text: string): void {
    this.text = text;
    this.model = undefined;
    if (text.trim() === '') this.clear();
    else this.pauses.await('text', () => void this.rank());
    this.host.onChange();
  }

  /** Looks for pictures like one of them. */
  findLike(imageId: string): void {
    this.text = '';
    this.model = imageId;
    void this.rank();
  }

  /** Goes back to the author's order. */
  clear(): void {
    this.pauses.cancelAll();
    this.text = '';
    this.model = undefined;
    this.order = undefined;
    this.host.onChange();
  }

  /** Ranks what is looked for with the model in use now. */
  async rank(): Promise<void> {
    this.pauses.cancelAll();
    const { session } = this.host;
    const { text, model } = this;
    if (!session || (text.trim() === '' && model === undefined)) return;
    try {
      const order =
        model === undefined ? await session.findImages(text) : session.similarImages(model);
      if (session !== this.host.session || text !== this.text || model !== this.model) return;
      this.order = order;
      this.host.onChange();
    } catch (error) {
      if (session === this.host.session) this.host.onFailure(error as Error);
    }
  }

  /** Ranks nothing any more. */
  close(): void {
    this.pauses.cancelAll();
  }
}
