import type { Backend, FileRef } from '../generated/manifest';
import { wrap, type Remote } from 'comlink';
import type { WorkerScript } from './module-worker';

let started = 0;

/** The page's end of a worker: when the worker dies, calls fail rather than hang. */
export abstract class WorkerLink<Api, Kind extends string = Backend> {
  protected api: Remote<Api>;
  private worker: Worker;
  private name: string;
  /** Rejects the calls under way. */
  private readonly waiting = new Set<(error: Error) => void>();
  private death: Error | undefined;
  private scriptMissing = false;
  private retired = false;
  private closed = false;

  constructor(
    private readonly script: WorkerScript,
    /** The backend that it computes in, or what else it is called. */
    readonly backend: Kind,
  ) {
    [this.name, this.worker, this.api] = this.connect();
  }

  /**
   * Starts the backend; the first call to be made.
   *
   * @param files The app's files, as the manifest lists them.
   * @throws Error if this browser does not have the backend.
   */
  async start(files: readonly FileRef[]): Promise<void> {
    try {
      this.watch(await this.call(this.startBackend(files)));
    } catch (error) {
      // The browser may keep that there was no script; another attempt would meet that again.
      if (!this.scriptMissing || !(await this.script.renew()) || this.closed) throw error;
      this.death = undefined;
      [this.name, this.worker, this.api] = this.connect();
      this.watch(await this.call(this.startBackend(files)));
    }
  }

  /** @returns Whether the worker holds the lock of its name. */
  protected abstract startBackend(files: readonly FileRef[]): Promise<boolean>;

  /** Whether the worker has ended, by itself or because it was closed. */
  get ended(): boolean {
    return this.death !== undefined;
  }

  /** Ends the worker once the calls under way have been answered. */
  retire(): void {
    this.retired = true;
    if (this.waiting.size === 0) this.close();
  }

  /** Ends the worker at once; calls under way fail. */
  close(): void {
    this.closed = true;
    this.die('The worker was closed.');
  }

  private connect(): [string, Worker, Remote<Api>] {
    started += 1;
    const name = `lit-demo ${performance.timeOrigin} ${started}`;
    const worker = this.script.start(name);
    worker.addEventListener('error', (event) => {
      event.preventDefault();
      this.scriptMissing = !event.message;
      this.die(
        event.message
          ? `The ${this.backend} worker stopped: ${event.message}.`
          : 'A part of this page could not be loaded. Reload the page.',
      );
    });
    return [name, worker, wrap<Api>(worker)];
  }

  /**
   * Notices from now on when the worker ends without a word, as when the system takes its memory.
   *
   * @param holds Whether the worker holds the lock of its name, which is free once it has ended.
   */
  private watch(holds: boolean): void {
    if (!holds) return;
    void navigator.locks.request(this.name, () => {
      this.die(`The ${this.backend} worker stopped.`);
    });
  }

  protected call<T>(answer: Promise<T>): Promise<T> {
    // Not a race against one promise of the worker's death, which would keep every answer alive.
    return new Promise((resolve, reject) => {
      if (this.death) {
        reject(this.death);
        return;
      }
      this.waiting.add(reject);
      const settle = (): void => {
        this.waiting.delete(reject);
        if (this.retired && this.waiting.size === 0) this.close();
      };
      answer.finally(settle).then(resolve, reject);
    });
  }

  private die(message: string): void {
    if (this.death) return;
    this.death = new Error(message);
    this.worker.terminate();
    for (const reject of this.waiting) reject(this.death);
  }
}
