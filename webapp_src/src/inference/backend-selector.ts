import type { Backend, GraphModelRef } from '../generated/manifest';
import type { EncoderWorker } from './encoder-worker';

/** Decides in which backend an encoder runs; whether a backend can be trusted is not its matter. */
export interface BackendSelector {
  /** The backends to try in turn until one can be trusted. */
  candidates(encoder: GraphModelRef): readonly Backend[];

  /**
   * Looks for a faster backend while `incumbent` answers.
   *
   * @param launch Loads the encoder in a backend and checks it.
   * @returns The worker to go on with; all others that were launched are closed.
   */
  findFaster(
    encoder: GraphModelRef,
    incumbent: EncoderWorker,
    launch: (backend: Backend) => Promise<EncoderWorker>,
    signal: AbortSignal,
  ): Promise<EncoderWorker>;

  /** Called when the encoder failed in a backend that had been trusted. */
  forget(encoder: GraphModelRef): void;
}
