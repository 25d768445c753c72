import { startModuleWorker } from './module-worker';
import workerUrl from './encoder.worker?worker&url';

/** A worker that answers `WorkerApi`. */
export function startWorker(name: string): Worker {
  return startModuleWorker(new URL(workerUrl, import.meta.url), name);
}
