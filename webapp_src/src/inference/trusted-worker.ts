import type { FileRef } from '../generated/manifest';
import type { EncoderStatus } from './encoder-status';

/** The page's end of a worker. */
interface Closable {
  start(appFiles: readonly FileRef[]): Promise<void>;
  close(): void;
}

/** What is loaded when it is first needed, in a worker that is used once it was checked. */
export abstract class TrustedWorker<Worker extends Closable> {
  private worker: Promise<Worker> | undefined;

  /**
   * @param current What the status is until something is loaded.
   * @param appFiles The app's files, as the manifest lists them.
   * @param signal Cancels what is under way and frees the worker.
   */
  constructor(
    private current: EncoderStatus,
    private readonly appFiles: readonly FileRef[],
    protected readonly signal: AbortSignal,
    private readonly onStatus: () => void,
  ) {
    signal.addEventListener('abort', () => {
      this.withWorker((worker) => {
        worker.close();
      });
    });
  }

  get status(): EncoderStatus {
    return this.current;
  }

  /** Loads and checks; what fails is thrown, and is tried again by the next `ready`. */
  protected abstract load(): Promise<Worker>;

  /** The worker; a second call joins the first, and a call after a failure tries again. */
  protected ready(): Promise<Worker> {
    this.worker ??= this.load().catch((error: unknown) => {
      this.worker = undefined;
      if (!this.signal.aborted) {
        this.become({ status: 'failed', message: (error as Error).message });
      }
      throw error;
    });
    return this.worker;
  }

  /** Starts a worker while files download, and has it loaded with them. */
  protected async launch<Files>(
    worker: Worker,
    files: Files | Promise<Files>,
    load: (contents: Files) => Promise<void>,
  ): Promise<Worker> {
    const { signal } = this;
    const close = (): void => {
      worker.close();
    };
    signal.addEventListener('abort', close, { once: true });
    try {
      const [contents] = await Promise.all([files, worker.start(this.appFiles)]);
      await load(contents);
      signal.throwIfAborted();
      return worker;
    } catch (error) {
      worker.close();
      throw error;
    } finally {
      signal.removeEventListener('abort', close);
    }
  }

  /** Goes on with another worker, or with one that is loaded when it is needed. */
  protected replace(worker?: Worker): void {
    this.worker = worker && Promise.resolve(worker);
  }

  /** Calls `use` with the worker in use, if there is one. */
  protected withWorker(use: (worker: Worker) => void): void {
    void this.worker?.then(use, () => undefined);
  }

  protected become(status: EncoderStatus): void {
    this.current = status;
    this.onStatus();
  }
}
