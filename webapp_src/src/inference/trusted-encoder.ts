import type { Backend, FileRef, Model } from '../generated/manifest';
import type { Reading } from '../tokenizers/tokenizer';
import type { BackendSelector } from './backend-selector';
import { isDownloadError } from './download';
import { loadEncoderFiles, type EncoderFiles } from './encoder-files';
import { requireEncoder, type EncoderSpec } from './encoder-spec';
import type { EncoderStatus } from './encoder-status';
import { EncoderWorker } from './encoder-worker';
import type { GoldenRow } from './goldens';
import { requireUnitRows } from './scoring';

/**
 * The text encoder of a model, loaded when it is first needed, in a worker that has reproduced the
 * goldens. When that worker dies, another takes its place.
 */
export class TrustedEncoder {
  private current: EncoderStatus;
  private worker: Promise<EncoderWorker> | undefined;

  /**
   * @param appFiles The app's files, as the manifest lists them.
   * @param goldens Read when the encoder is loaded.
   * @param signal Cancels what is under way and frees the worker.
   */
  constructor(
    private readonly model: Model,
    private readonly appFiles: readonly FileRef[],
    private readonly goldens: () => readonly GoldenRow[],
    private readonly backends: BackendSelector,
    private readonly signal: AbortSignal,
    private readonly onStatus: () => void,
  ) {
    this.current = { status: model.encoder ? 'idle' : 'absent' };
    signal.addEventListener('abort', () => {
      this.withWorker((worker) => {
        worker.close();
      });
    });
  }

  get status(): EncoderStatus {
    return this.current;
  }

  /** Gets the encoder ready; a second call joins the first, and a call after a failure tries again. */
  async warm(): Promise<void> {
    if (this.current.status !== 'absent') await this.start();
  }

  /** A unit row, float32[dim], for each text. */
  embed(texts: readonly string[]): Promise<Float32Array[]> {
    return this.ask(async (worker) => requireUnitRows(await worker.embed(texts)));
  }

  /** What the tower reads of each text. */
  read(texts: readonly string[]): Promise<Reading[]> {
    return this.ask((worker) => worker.read(texts));
  }

  /** int32[maxLength]: the token row of a text. */
  tokenize(text: string): Promise<Int32Array> {
    return this.ask((worker) => worker.tokenize(text));
  }

  /** @throws Error with a sentence for the visitor if the model has no encoder. */
  private get spec(): EncoderSpec {
    return requireEncoder(this.model);
  }

  private async ask<T>(question: (worker: EncoderWorker) => Promise<T>): Promise<T> {
    const worker = await this.start();
    try {
      return await question(worker);
    } catch {
      // A GPU can be lost and a worker killed for its memory: begin again, on the floor.
      this.signal.throwIfAborted();
      this.backends.forget(this.spec.encoder);
      worker.close();
      this.worker = undefined;
      return question(await this.start());
    }
  }

  private async start(): Promise<EncoderWorker> {
    const { spec } = this;
    this.worker ??= this.load(spec).catch((error: unknown) => {
      this.worker = undefined;
      if (!this.signal.aborted) {
        this.become({ status: 'failed', message: (error as Error).message });
      }
      throw error;
    });
    return this.worker;
  }

  private async load(spec: EncoderSpec): Promise<EncoderWorker> {
    const files = loadEncoderFiles(this.model, this.signal, (progress) => {
      this.become({ status: 'loading', ...progress });
    });
    void files.then(
      () => {
        this.become({ status: 'preparing' });
      },
      () => undefined,
    );
    const worker = await this.launchFirst(this.backends.candidates(spec.encoder), files);
    this.become({ status: 'ready', backend: worker.backend });
    void this.improve(worker, await files);
    return worker;
  }

  /** Tries backends in turn until one can be trusted. */
  private async launchFirst(
    backends: readonly Backend[],
    files: Promise<EncoderFiles>,
  ): Promise<EncoderWorker> {
    const failures = new Set<string>();
    for (const backend of backends) {
      try {
        return await this.launch(backend, files);
      } catch (error) {
        this.signal.throwIfAborted();
        // A download that failed is not the backend's fault; the first line throws if one of the
        // encoder's did, the second if the backend's own.
        await files;
        if (isDownloadError(error)) throw error;
        failures.add((error as Error).message);
      }
    }
    throw new Error([...failures].join(' '));
  }

  /** Starts a worker while the files download, and loads the encoder in it. */
  private async launch(
    backend: Backend,
    files: EncoderFiles | Promise<EncoderFiles>,
  ): Promise<EncoderWorker> {
    const { signal } = this;
    signal.throwIfAborted();
    const worker = new EncoderWorker(backend);
    const close = (): void => {
      worker.close();
    };
    signal.addEventListener('abort', close, { once: true });
    try {
      const [contents] = await Promise.all([files, worker.start(this.appFiles)]);
      await worker.load(this.spec, contents, this.goldens());
      signal.throwIfAborted();
      return worker;
    } catch (error) {
      worker.close();
      throw error;
    } finally {
      signal.removeEventListener('abort', close);
    }
  }

  private async improve(incumbent: EncoderWorker, files: EncoderFiles): Promise<void> {
    const launch = (backend: Backend): Promise<EncoderWorker> => this.launch(backend, files);
    const best = await this.backends.findFaster(this.spec.encoder, incumbent, launch, this.signal);
    if (best === incumbent) return;
    if (this.signal.aborted) {
      best.close();
      return;
    }
    this.withWorker((worker) => {
      worker.retire();
    });
    this.worker = Promise.resolve(best);
    this.become({ status: 'ready', backend: best.backend });
  }

  /** Calls `use` with the worker in use, if there is one. */
  private withWorker(use: (worker: EncoderWorker) => void): void {
    void this.worker?.then(use, () => undefined);
  }

  private become(status: EncoderStatus): void {
    this.current = status;
    this.onStatus();
  }
}
