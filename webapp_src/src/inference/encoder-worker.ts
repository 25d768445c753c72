import { wrap, type Remote } from 'comlink';
import type { EncoderSpec } from './encoder';
import type { EncoderFiles } from './encoder-files';
import type { GoldenRow } from './goldens';
import { startWorker } from './start-worker';
import type { BackendName } from './status';
import type { WorkerApi } from './worker';

/** The page's end of a worker with one encoder: its calls fail, rather than hang, when it dies. */
export class EncoderWorker {
  /** Milliseconds for one prompt, known once loaded. */
  milliseconds = Infinity;
  private readonly worker = startWorker();
  private readonly api: Remote<WorkerApi> = wrap<WorkerApi>(this.worker);
  private readonly death: Promise<never>;
  private die: (error: Error) => void = () => undefined;
  private calls = 0;
  private retired = false;

  constructor(readonly backend: BackendName) {
    this.death = new Promise<never>((_, reject) => {
      this.die = reject;
    });
    // Only calls that race against it report it.
    this.death.catch(() => undefined);
    this.worker.addEventListener('error', (event) => {
      event.preventDefault();
      this.die(new Error(`The ${backend} worker stopped: ${event.message || 'it did not start'}.`));
    });
  }

  /** @throws Error where this browser has no such backend. */
  start(): Promise<void> {
    return this.call(this.api.start(this.backend));
  }

  /** @throws Error where the encoder does not reproduce the goldens. */
  async load(spec: EncoderSpec, files: EncoderFiles, goldens: readonly GoldenRow[]): Promise<void> {
    this.milliseconds = await this.call(this.api.load(spec, files, goldens));
  }

  /** A unit row, float32[dim], for each text. */
  embed(texts: readonly string[]): Promise<Float32Array[]> {
    return this.call(this.api.embed(texts));
  }

  /** int32[maxLength]: the token row of a text. */
  tokenize(text: string): Promise<Int32Array> {
    return this.call(this.api.tokenize(text));
  }

  /** Ends the worker once the calls under way have been answered. */
  retire(): void {
    this.retired = true;
    if (this.calls === 0) this.close();
  }

  /** Ends the worker at once; calls under way fail. */
  close(): void {
    this.worker.terminate();
    this.die(new Error('The encoder was closed.'));
  }

  private async call<T>(answer: Promise<T>): Promise<T> {
    this.calls += 1;
    try {
      return await Promise.race([answer, this.death]);
    } finally {
      this.calls -= 1;
      if (this.retired && this.calls === 0) this.close();
    }
  }
}
