import InlineWorker from '../src/inference/encoder.worker?worker&inline';
import type { WorkerScript } from '../src/inference/module-worker';

/** The worker's code within this file, so that there is only one file to copy. */
export const ENCODER_SCRIPT: WorkerScript = {
  start: (name) => new InlineWorker({ name }),
  renew: () => Promise.resolve(false),
};
