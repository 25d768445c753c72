import InlineWorker from '../src/inference/encoder.worker?worker&inline';

/** Starts the worker from this very file, so that it is all there is to copy. */
export function startWorker(): Worker {
  return new InlineWorker({ name: 'lit-demo-encoder' });
}
