import type { MatrixRef, Model, SiteManifest } from '../generated/manifest';
import type { GoldenRow } from './goldens';
import { EmbeddingMatrix } from './embedding-matrix';
import { loadFile } from './site-files';

/** What of a site has to do with its models' rows; a gallery alone has no prompts of its own. */
export interface EmbeddedSite extends Pick<SiteManifest, 'files'> {
  readonly images?: SiteManifest['images'];
  readonly promptSets?: SiteManifest['promptSets'];
}

/** A model's precomputed embeddings: of the pictures, and of the demo's prompts by their text. */
export class Embeddings {
  private constructor(
    private readonly model: Model,
    private readonly images: EmbeddingMatrix,
    private readonly prompts: EmbeddingMatrix,
    private readonly promptIds: ReadonlyMap<string, string>,
  ) {}

  static async load(
    { images, promptSets = [] }: EmbeddedSite,
    model: Model,
    signal: AbortSignal,
  ): Promise<Embeddings> {
    const prompts = [...(images ?? []), ...promptSets].flatMap((entry) => entry.prompts);
    return new Embeddings(
      model,
      ...(await Promise.all([
        loadMatrix(model.imageEmbeddings, signal),
        loadMatrix(model.promptEmbeddings, signal),
      ])),
      new Map(prompts.map(({ text, id }) => [text, id])),
    );
  }

  /** @throws Error if the model has no row for the image. */
  image(id: string): Float32Array {
    const row = this.images.row(id);
    if (!row) throw new Error(`${this.model.name} has no embedding of the picture “${id}”.`);
    return row;
  }

  /** The ids of all pictures, and of `others` with their rows, that which fits a unit row best first. */
  rankImages(row: Float32Array, others: ReadonlyMap<string, Float32Array>): string[] {
    return this.images.rank(row, others);
  }

  /** The row of a prompt that comes with the demo, with exactly this text. */
  prompt(text: string): Float32Array | undefined {
    const id = this.promptIds.get(text);
    return id === undefined ? undefined : this.prompts.row(id);
  }

  /** Where the words of a prompt begin that the model does not read; undefined if it reads all. */
  unreadFrom(text: string): number | undefined {
    // A site of an earlier version says nothing of it.
    const unread = this.model.unread as Model['unread'] | undefined;
    const end = unread?.[this.promptIds.get(text) ?? ''];
    return end === undefined ? undefined : text.length - end.length;
  }

  goldens(): GoldenRow[] {
    return this.model.goldens.map((golden) => {
      const embedding = this.prompts.row(golden.row);
      if (!embedding)
        throw new Error(`${this.model.name} has no embedding “${golden.row}” to check against.`);
      return { ...golden, embedding };
    });
  }
}

async function loadMatrix(ref: MatrixRef, signal: AbortSignal): Promise<EmbeddingMatrix> {
  const file = await loadFile(ref, signal);
  return new EmbeddingMatrix(ref, file);
}
