/**
 * A demo without its page: the models and precomputed results of the site that this file is in or,
 * after `setBaseUrl`, of any other that allows it (CORS).
 *
 * Built as one file twice: `lit.js` for a `<script>`, which defines the global `lit`, and `lit.mjs`.
 *
 * @example
 *   const model = new lit.Model('mini-tiny');
 *   await model.load(({ loaded, total }) => console.log(loaded / total));
 *   await model.computeProbabilities(['a cat', 'a dog'], 0);
 */
import { isDownloadError } from '../src/inference/download';
import { dot } from '../src/inference/scoring';
import { ModelSession } from '../src/inference/session';
import { wasmOnly } from '../src/inference/wasm-only';
import { find, Site } from '../src/state/site';
import { SCRIPT_URL } from './script-url';

/** A picture of the demo; its index is its position in `ImageData.rows`. */
export interface ImageRow {
  readonly id: string;
  readonly description: string;
  /** Example prompts, whose embeddings are precomputed. */
  readonly prompts: readonly string[];
  readonly author: string | null;
  readonly license: string | null;
  readonly source: string | null;
}

/** How many bytes of a model have arrived. */
export interface Progress {
  readonly loaded: number;
  readonly total: number;
}

let site = new Site(SCRIPT_URL);

/**
 * Sets where models and pictures come from: the folder of a site, or its page.
 *
 * What was loaded before stays as it is.
 */
export function setBaseUrl(url: string): void {
  site = new Site(new URL(url, document.baseURI).href);
}

/** The ids of the site's models; the first is its default. */
export async function listModels(): Promise<string[]> {
  const { models } = await site.load();
  return models.map(({ id }) => id);
}

/**
 * The address of a picture as the models saw it.
 *
 * @throws Error before an `ImageData` or a `Model` has been loaded, or if there is no such picture.
 */
export function getImageUrl(id: string): string {
  return site.image(id).photo.url;
}

/** The pictures of a demo. */
export class ImageData {
  rows: readonly ImageRow[] = [];

  /** @throws Error with a sentence if the site cannot be loaded. */
  async load(): Promise<void> {
    const { images } = await site.load();
    this.rows = images.map(({ id, description, prompts, credit }) => ({
      id,
      description,
      prompts: prompts.map((prompt) => prompt.text),
      ...credit,
    }));
  }

  /** @throws Error if there is no such picture. */
  get(id: string): ImageRow {
    return find(this.rows, id, 'picture');
  }
}

/** A model of a demo, by its id; it computes in a worker of its own. */
export class Model {
  private readonly site = site;
  private closing = new AbortController();
  private loading: Promise<ModelSession> | undefined;
  private session: ModelSession | undefined;

  constructor(readonly name: string) {}

  /**
   * Downloads the model and checks that this browser computes what the builder computed.
   *
   * @throws Error with a sentence if that fails, or if the model is disposed of meanwhile.
   */
  async load(onProgress: (progress: Progress) => void = () => undefined): Promise<void> {
    const loading = (this.loading ??= this.openSession(this.closing.signal, onProgress));
    try {
      const session = await loading;
      if (this.loading === loading) this.session = session;
    } catch (error) {
      // The site may have changed since, and no longer have the files that were asked for.
      if (isDownloadError(error)) this.site.renew();
      if (this.loading === loading) this.loading = undefined;
      throw error;
    }
  }

  /** For each text, its cosine to each of the pictures, given by index or id. */
  async computeSimilarities(
    texts: readonly string[],
    images: readonly (number | string)[],
  ): Promise<number[][]> {
    const session = this.ready();
    const ids = await Promise.all(images.map((image) => this.imageId(image)));
    const zimgs = ids.map((id) => session.image(id));
    const ztxts = await session.embed(texts);
    return ztxts.map((ztxt) => zimgs.map((zimg) => dot(ztxt, zimg)));
  }

  /** The probability of each text for a picture, by softmax or sigmoid as the model's scoring says. */
  async computeProbabilities(texts: readonly string[], image: number | string): Promise<number[]> {
    const session = this.ready();
    return session.score(await this.imageId(image), texts);
  }

  /** The token ids of a text as the text tower gets them, with end and padding. */
  async tokenize(text: string): Promise<number[]> {
    return [...(await this.ready().tokenize(text))];
  }

  /** A unit row for each text; those of example prompts are precomputed. */
  async embed(texts: readonly string[]): Promise<Float32Array[]> {
    const rows = await this.ready().embed(texts);
    // The session scores by its rows; copies may be changed.
    return rows.map((row) => row.slice());
  }

  /** Ends the worker, or cancels the loading; the model can be loaded again. */
  dispose(): void {
    this.closing.abort(new Error(`The model ${this.name} was disposed of.`));
    this.closing = new AbortController();
    this.loading = this.session = undefined;
  }

  private async openSession(
    signal: AbortSignal,
    onProgress: (progress: Progress) => void,
  ): Promise<ModelSession> {
    const [manifest, model] = await Promise.all([this.site.load(), this.site.model(this.name)]);
    signal.throwIfAborted();
    // lit.js holds no other backend.
    const session = new ModelSession(manifest, model, wasmOnly, () => {
      const { encoder } = session;
      if (encoder.status === 'loading') onProgress(encoder);
    });
    signal.addEventListener('abort', () => {
      session.close(signal.reason as Error);
    });
    await session.open();
    await session.warm();
    return session;
  }

  private ready(): ModelSession {
    if (!this.session) throw new Error('The model is not loaded: call `await model.load()` first.');
    return this.session;
  }

  private async imageId(image: number | string): Promise<string> {
    if (typeof image === 'string') return image;
    const { images } = await this.site.load();
    const found = images[image];
    if (!found)
      throw new Error(
        `There is no picture ${image}: the demo has ${images.length}, counted from 0.`,
      );
    return found.id;
  }
}
