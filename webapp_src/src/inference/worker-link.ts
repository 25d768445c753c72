import type { Backend } from '../generated/manifest';
import { wrap, type Remote } from 'comlink';

let started = 0;

/** The page's end of a worker: when the worker dies, calls fail rather than hang. */
export class WorkerLink<Api> {
  protected readonly api: Remote<Api>;
  private readonly worker: Worker;
  private readonly name: string;
  /** Rejects the calls under way. */
  private readonly waiting = new Set<(error: Error) => void>();
  private death: Error | undefined;
  private retired = false;

  /** @param startWorker Starts the worker under a name of its own. */
  constructor(
    startWorker: (name: string) => Worker,
    readonly backend: Backend,
  ) {
    started += 1;
    this.name = `lit-demo ${performance.timeOrigin} ${started}`;
    this.worker = startWorker(this.name);
    this.api = wrap<Api>(this.worker);
    this.worker.addEventListener('error', (event) => {
      event.preventDefault();
      this.die(
        event.message
          ? `The ${backend} worker stopped: ${event.message}.`
          : 'A part of this page could not be loaded. Reload the page.',
      );
    });
  }

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
    this.die('The worker was closed.');
  }

  /**
   * Notices from now on when the worker ends without a word, as when the system takes its memory.
   *
   * @param holds Whether the worker holds the lock of its name, which is free once it has ended.
   */
  protected watch(holds: boolean): void {
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
