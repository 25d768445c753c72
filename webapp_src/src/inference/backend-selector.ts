import type { Backend, GraphModelRef } from '../generated/manifest';
import type { EncoderWorker } from './encoder-worker';

/** Decides which backend an encoder runs in; others check whether that backend can be trusted. */
export interface BackendSelector {
  /** The backends to try in turn until one can be trusted. */
  candidates(encoder: GraphModelRef): readonly Backend[];

  /**
   * Looks for a faster backend while `incumbent` answers.
   *
   * @param launch Loads the encoder in a backend and checks it.
   * @returns The worker to continue with; any other that was launched has been closed.
   */
  findFaster(
    encoder: GraphModelRef,
    incumbent: EncoderWorker,
    launch: (backend: Backend) => Promise<EncoderWorker>,
    signal: AbortSignal,
  ): Promise<EncoderWorker>;

  /** Called when the encoder has failed in a backend that was trusted. */
  forget(encoder: GraphModelRef): void;
}
