/** What a page asks of the worker. */
export type WorkerRequest = KeepRequest | ForgetRequest;

/**
 * The page has answered: what it used is to be kept, for when there is no network.
 *
 * The worker says so through the port that comes with it, if one does: from then on, it keeps what it
 * hands on.
 */
export interface KeepRequest {
  readonly kind: 'keep';
  /** The hash of the page's manifest, which says what each file must be. */
  readonly sha256: string;
  /** Absolute addresses; those that the manifest does not name are left out. */
  readonly urls: readonly string[];
}

/** The site is not to be kept any more: the worker ends, and all that it kept goes. */
export interface ForgetRequest {
  readonly kind: 'forget';
}
