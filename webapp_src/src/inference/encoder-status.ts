import type { Backend } from '../generated/manifest';

/** Where the text encoder of the chosen model stands. */
export type EncoderStatus =
  /** There is none: the model answers its example prompts only. */
  | { readonly status: 'absent' }
  | { readonly status: 'idle' }
  /** Downloading: `loaded` of `total` bytes are here; after a failure, `attempt` is 2 or more. */
  | {
      readonly status: 'loading';
      readonly loaded: number;
      readonly total: number;
      readonly attempt: number;
    }
  /** Everything is here; the graph is being built and checked against the goldens. */
  | { readonly status: 'preparing' }
  | { readonly status: 'ready'; readonly backend: Backend }
  | { readonly status: 'failed'; readonly message: string };
