import type { Backend, FileRef, Model } from '../generated/manifest';
import type { Reading } from '../tokenizers/tokenizer';
import type { BackendSelector } from './backend-selector';
import { isDownloadError } from './download';
import { loadEncoderFiles, type EncoderFiles } from './encoder-files';
import { requireEncoder, type EncoderSpec } from './encoder-spec';
import type { EncoderReport } from './encoder-report';
import { EncoderWorker } from './encoder-worker';
import type { GoldenRow } from './goldens';
import { requireUnitRows } from './scoring';
import { TrustedWorker } from './trusted-worker';

/** How many answers are timed. */
const LATENCIES = 10;

/**
 * The text encoder of a model, loaded when it is first needed, in a worker that has reproduced the
 * goldens. When that worker dies, another takes its place.
 */
export class TrustedEncoder extends TrustedWorker<EncoderWorker> {
  /** Milliseconds that each of the last answers took. */
  private latencies: readonly number[] = [];

  /**
   * @param appFiles The app's files, as the manifest lists them.
   * @param goldens Read when the encoder is loaded.
   * @param signal Cancels what is under way and frees the worker.
   */
  constructor(
    private readonly model: Model,
    appFiles: readonly FileRef[],
    private readonly goldens: () => readonly GoldenRow[],
    private readonly backends: BackendSelector,
    signal: AbortSignal,
    onStatus: () => void,
  ) {
    super({ status: model.encoder ? 'idle' : 'absent' }, appFiles, signal, onStatus);
  }

  /** Gets the encoder ready; a second call joins the first, and a call after a failure tries again. */
  async warm(): Promise<void> {
    if (this.status.status !== 'absent') await this.ready();
  }

  /** What there is to say of the encoder; undefined unless it is ready. */
  async report(): Promise<EncoderReport | undefined> {
    if (this.status.status !== 'ready') return undefined;
    const worker = await this.ready();
    const { backend, check } = worker;
    const goldens = this.model.goldens.length;
    return { backend, goldens, latencies: this.latencies, ...check, ...(await worker.usage()) };
  }

  /** A unit row, float32[dim], for each text. */
  embed(texts: readonly string[]): Promise<Float32Array[]> {
    return this.ask(async (worker) => {
      const start = performance.now();
      const rows = requireUnitRows(await worker.embed(texts));
      this.latencies = [...this.latencies, performance.now() - start].slice(-LATENCIES);
      return rows;
    });
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
    const { encoder } = this.spec;
    const worker = await this.ready();
    try {
      return await question(worker);
    } catch {
      // A GPU can be lost and a worker killed for its memory: begin again, on the floor.
      this.signal.throwIfAborted();
      this.backends.forget(encoder);
      worker.close();
      this.replace();
      return question(await this.ready());
    }
  }

  protected override async load(): Promise<EncoderWorker> {
    const { spec } = this;
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
        return await this.launchIn(backend, files);
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

  private async launchIn(
    backend: Backend,
    files: EncoderFiles | Promise<EncoderFiles>,
  ): Promise<EncoderWorker> {
    this.signal.throwIfAborted();
    const worker = new EncoderWorker(backend);
    return this.launch(worker, files, (contents) =>
      worker.load(this.spec, contents, this.goldens()),
    );
  }

  private async improve(incumbent: EncoderWorker, files: EncoderFiles): Promise<void> {
    const launch = (backend: Backend): Promise<EncoderWorker> => this.launchIn(backend, files);
    const best = await this.backends.findFaster(this.spec.encoder, incumbent, launch, this.signal);
    if (best === incumbent) return;
    if (this.signal.aborted) {
      best.close();
      return;
    }
    this.withWorker((worker) => {
      worker.retire();
    });
    this.replace(best);
    this.become({ status: 'ready', backend: best.backend });
  }
}
