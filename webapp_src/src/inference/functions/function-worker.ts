import type { Backend, FileRef } from '../../generated/manifest';
import { moduleScript } from '../module-worker';
import { WorkerLink } from '../worker-link';
import type { FunctionFiles } from './function-graph';
import type { Tensors } from './tensors';
import type { FunctionWorkerApi } from './function.worker';
import workerUrl from './function.worker?worker&url';

/** The page's end of a worker with one function. */
export class FunctionWorker extends WorkerLink<FunctionWorkerApi> {
  constructor(backend: Backend) {
    super(moduleScript(new URL(workerUrl, import.meta.url)), backend);
  }

  protected override startBackend(files: readonly FileRef[]): Promise<boolean> {
    return this.api.start(this.backend, files);
  }

  /** @throws Error if the backend cannot hold the function. */
  load(files: FunctionFiles): Promise<void> {
    return this.call(this.api.load(files));
  }

  /** Outputs by name for inputs by name. */
  run(inputs: Tensors, outputs: readonly string[]): Promise<Tensors> {
    return this.call(this.api.run(inputs, outputs));
  }

  /** Bytes that the backend holds. */
  memory(): Promise<number> {
    return this.call(this.api.memory());
  }
}
