import type { Model, SiteManifest } from '../generated/manifest';
import { LruCache } from './lru-cache';
import { Embeddings } from './embeddings';
import type { EncoderSpec } from './encoder';
import { loadEncoderFiles, type EncoderFiles } from './encoder-files';
import { EncoderWorker } from './encoder-worker';
import { findGpuBackends } from './gpu-backends';
import { forgetBackend, recallBackend, rememberBackend } from './backend-preference';
import { scorePrompts } from './scoring';
import type { BackendName, EncoderStatus } from './encoder-status';

/** Rows of texts that visitors typed; at 1,024 dimensions this many take 2 MiB. */
const CACHED_ROWS = 512;

/** A backend replaces another only if it needs less than this share of its time. */
const WORTHWHILE = 0.7;

/**
 * A model in use: its precomputed embeddings, and its encoder once that is needed.
 *
 * Example prompts and texts seen before are scored without the encoder; a model that has none
 * scores nothing else.
 */
export class ModelSession {
  private current: EncoderStatus;
  private embeddings: Embeddings | undefined;
  private worker: Promise<EncoderWorker> | undefined;
  private readonly seen = new LruCache<string, Float32Array>(CACHED_ROWS);
  private readonly closing = new AbortController();

  constructor(
    private readonly manifest: SiteManifest,
    readonly model: Model,
    private readonly onStatus: () => void,
  ) {
    this.current = { status: model.encoder ? 'idle' : 'absent' };
  }

  get encoder(): EncoderStatus {
    return this.current;
  }

  /** Loads the precomputed embeddings; nothing can be scored before. */
  async open(): Promise<void> {
    this.embeddings = await Embeddings.load(this.manifest, this.model, this.closing.signal);
  }

  /** The probability of each text for an image, if that takes no encoder. */
  scoreKnown(imageId: string, texts: readonly string[]): number[] | undefined {
    const rows = texts.map((text) => this.rowOf(text));
    if (!this.embeddings || !rows.every((row) => row !== undefined)) return undefined;
    return scorePrompts(this.model.scoring, this.embeddings.image(imageId), rows);
  }

  /**
   * The probability of each text for an image; only texts not seen before are encoded.
   *
   * @throws Error with a sentence for the visitor; the reason of `close` once closed.
   */
  async score(imageId: string, texts: readonly string[]): Promise<number[]> {
    const rows = new Map(texts.map((text) => [text, this.rowOf(text)]));
    const unknown = [...rows.keys()].filter((text) => !rows.get(text));
    if (unknown.length > 0) {
      const embedded = await this.embed(unknown);
      unknown.forEach((text, i) => {
        const row = embedded[i];
        if (!row) throw new Error('The encoder returned too few rows.');
        rows.set(text, row);
        this.seen.set(text, row);
      });
    }
    const zimg = this.loaded().image(imageId);
    const ztxts = texts.map((text) => rows.get(text) ?? new Float32Array(this.model.dim));
    return scorePrompts(this.model.scoring, zimg, ztxts);
  }

  /** Gets the encoder ready; a second call joins the first, after a failure it tries again. */
  async warm(): Promise<void> {
    if (this.current.status !== 'absent') await this.start();
  }

  /** Cancels what is under way and frees the worker. */
  close(): void {
    this.closing.abort();
    void this.worker?.then(
      (worker) => {
        worker.close();
      },
      () => undefined,
    );
  }

  private rowOf(text: string): Float32Array | undefined {
    return this.embeddings?.prompt(text) ?? this.seen.get(text);
  }

  private loaded(): Embeddings {
    if (!this.embeddings) throw new Error('The embeddings have not been loaded.');
    return this.embeddings;
  }

  /** @throws Error with a sentence for the visitor where the model has no encoder. */
  private get spec(): EncoderSpec {
    const { tokenizer, encoder, name } = this.model;
    if (!tokenizer || !encoder) throw new Error(`${name} answers its example prompts only.`);
    return { tokenizer, encoder };
  }

  private async embed(texts: readonly string[]): Promise<Float32Array[]> {
    const worker = await this.start();
    try {
      return await worker.embed(texts);
    } catch {
      // A GPU can be lost and a worker killed for its memory: begin again, on the floor.
      this.closing.signal.throwIfAborted();
      forgetBackend(this.spec.encoder);
      worker.close();
      this.worker = undefined;
      return (await this.start()).embed(texts);
    }
  }

  private async start(): Promise<EncoderWorker> {
    const { spec } = this;
    this.worker ??= this.load(spec).catch((error: unknown) => {
      this.worker = undefined;
      if (!this.closing.signal.aborted) {
        this.become({ status: 'failed', message: (error as Error).message });
      }
      throw error;
    });
    return this.worker;
  }

  private async load(spec: EncoderSpec): Promise<EncoderWorker> {
    const { signal } = this.closing;
    const files = loadEncoderFiles(this.model, signal, (progress) => {
      this.become({ status: 'loading', ...progress });
    });
    void files.then(
      () => {
        this.become({ status: 'preparing' });
      },
      () => undefined,
    );
    const remembered = recallBackend(spec.encoder);
    const worker = await this.launchFirst(
      [...new Set([remembered ?? 'wasm', 'wasm', 'cpu'] as const)],
      files,
    );
    this.become({ status: 'ready', backend: worker.backend });
    if (remembered !== worker.backend) this.scoutWhenIdle(worker, await files);
    return worker;
  }

  /** Tries backends in turn until one can be trusted. */
  private async launchFirst(
    backends: readonly BackendName[],
    files: Promise<EncoderFiles>,
  ): Promise<EncoderWorker> {
    const failures = new Set<string>();
    for (const backend of backends) {
      try {
        return await this.launch(backend, files);
      } catch (error) {
        this.closing.signal.throwIfAborted();
        // Throws where the download failed, which is no backend's fault.
        await files;
        failures.add((error as Error).message);
      }
    }
    throw new Error([...failures].join(' '));
  }

  /** Starts a worker, beside the download of the files, and loads the encoder in it. */
  private async launch(
    backend: BackendName,
    files: EncoderFiles | Promise<EncoderFiles>,
  ): Promise<EncoderWorker> {
    const { signal } = this.closing;
    signal.throwIfAborted();
    const worker = new EncoderWorker(backend);
    const close = (): void => {
      worker.close();
    };
    signal.addEventListener('abort', close, { once: true });
    try {
      const [contents] = await Promise.all([files, worker.start()]);
      await worker.load(this.spec, contents, this.loaded().goldens());
      signal.throwIfAborted();
      return worker;
    } catch (error) {
      worker.close();
      throw error;
    } finally {
      signal.removeEventListener('abort', close);
    }
  }

  private scoutWhenIdle(worker: EncoderWorker, files: EncoderFiles): void {
    const scout = (): void => void this.scout(worker, files);
    if ('requestIdleCallback' in window) requestIdleCallback(scout);
    else setTimeout(scout, 2000);
  }

  /** Tries the GPU in workers of its own, so that answers never wait, and keeps what is faster. */
  private async scout(incumbent: EncoderWorker, files: EncoderFiles): Promise<void> {
    let best = incumbent;
    for (const backend of await findGpuBackends()) {
      if (this.closing.signal.aborted) return;
      const rival = await this.launch(backend, files).catch(() => undefined);
      if (!rival) continue;
      const [winner, loser] =
        rival.milliseconds < WORTHWHILE * best.milliseconds ? [rival, best] : [best, rival];
      best = winner;
      if (loser !== incumbent) loser.close();
    }
    if (this.closing.signal.aborted) {
      best.close();
      return;
    }
    rememberBackend(this.spec.encoder, best.backend);
    if (best === incumbent) return;
    void this.worker?.then(
      (worker) => {
        worker.retire();
      },
      () => undefined,
    );
    this.worker = Promise.resolve(best);
    this.become({ status: 'ready', backend: best.backend });
  }

  private become(status: EncoderStatus): void {
    this.current = status;
    this.onStatus();
  }
}
