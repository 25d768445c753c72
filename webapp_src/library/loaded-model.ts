import type { Model } from '../src/generated/manifest';
import { Embeddings } from '../src/inference/embeddings';
import { loadEncoderFiles, type LoadProgress } from '../src/inference/encoder-files';
import { EncoderWorker } from '../src/inference/encoder-worker';
import type { Site } from './site';

/** A model's precomputed rows, and its encoder in a worker where the site has one. */
export class LoadedModel {
  private constructor(
    readonly model: Model,
    readonly embeddings: Embeddings,
    private readonly encoder: EncoderWorker | undefined,
  ) {}

  static async load(
    site: Site,
    id: string,
    onProgress: (progress: LoadProgress) => void,
  ): Promise<LoadedModel> {
    const [manifest, model] = await Promise.all([site.load(), site.model(id)]);
    const { signal } = new AbortController();
    const { tokenizer, encoder } = model;
    const embeddings = await Embeddings.load(manifest, model, signal);
    if (!tokenizer || !encoder) return new LoadedModel(model, embeddings, undefined);
    const worker = new EncoderWorker('wasm');
    try {
      const [files] = await Promise.all([
        loadEncoderFiles(model, signal, onProgress),
        worker.start(),
      ]);
      await worker.load({ tokenizer, encoder }, files, embeddings.goldens());
    } catch (error) {
      worker.close();
      throw error;
    }
    return new LoadedModel(model, embeddings, worker);
  }

  /** @throws Error with a sentence where the model answers its example prompts only. */
  get worker(): EncoderWorker {
    if (!this.encoder) throw new Error(`${this.model.name} answers its example prompts only.`);
    return this.encoder;
  }

  close(): void {
    this.encoder?.close();
  }
}
