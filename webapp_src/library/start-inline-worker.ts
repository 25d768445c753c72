import InlineWorker from '../src/inference/encoder.worker?worker&inline';

/** Starts the worker from within this file, so that there is only one file to copy. */
export function startWorker(name: string): Worker {
  return new InlineWorker({ name });
}
