import type { Backend } from '../generated/manifest';

/** What checking an encoder said of it. */
export interface Check {
  /** 1 less the smallest cosine of its rows of the goldens and the builder's; 0 without goldens. */
  readonly deviation: number;
  /** Milliseconds for one text, the fastest of a few runs. */
  readonly milliseconds: number;
}

/** What a worker uses. */
export interface Usage {
  /** Bytes that its backend holds: wasm's whole heap, which never shrinks, or its tensors. */
  readonly memory: number;
  /** Bytes that came from the network for it: scripts, and the backend's own file. */
  readonly downloaded: number;
  /** The version of TensorFlow.js. */
  readonly version: string;
}

/** What there is to say of an encoder in use. */
export interface EncoderReport extends Check, Usage {
  readonly backend: Backend;
  /** How many goldens it had to reproduce. */
  readonly goldens: number;
  /** Milliseconds that each of the last answers took, the last one last. */
  readonly latencies: readonly number[];
}
