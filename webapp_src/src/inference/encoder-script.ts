import { moduleScript } from './module-worker';
import workerUrl from './encoder.worker?worker&url';

/** The code of a worker that answers `WorkerApi`. */
export const ENCODER_SCRIPT = moduleScript(new URL(workerUrl, import.meta.url));
