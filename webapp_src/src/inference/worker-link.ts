import type { Backend } from '../generated/manifest';
import { wrap, type Remote } from 'comlink';

/** The page's end of a worker: when the worker dies, calls fail rather than hang. */
export class WorkerLink<Api> {
  protected readonly api: Remote<Api>;
  private readonly death: Promise<never>;
  private die: (error: Error) => void = () => undefined;
  private calls = 0;
  private retired = false;

  constructor(
    private readonly worker: Worker,
    readonly backend: Backend,
  ) {
    this.api = wrap<Api>(worker);
    this.death = new Promise<never>((_, reject) => {
      this.die = reject;
    });
    // Calls that race against it report it; nothing else should.
    this.death.catch(() => undefined);
    worker.addEventListener('error', (event) => {
      event.preventDefault();
      this.die(new Error(`The ${backend} worker stopped: ${event.message || 'it did not start'}.`));
    });
  }

  /** Ends the worker once the calls under way have been answered. */
  retire(): void {
    this.retired = true;
    if (this.calls === 0) this.close();
  }

  /** Ends the worker at once; calls under way fail. */
  close(): void {
    this.worker.terminate();
    this.die(new Error('The worker was closed.'));
  }

  protected async call<T>(answer: Promise<T>): Promise<T> {
    this.calls += 1;
    try {
      return await Promise.race([answer, this.death]);
    } finally {
      this.calls -= 1;
      if (this.retired && this.calls === 0) this.close();
    }
  }
}
