import type { LinkCard } from './link';

const KEY = 'lit-demo handover';

/** What a visitor has done that the page's address does not say. */
export interface Handover {
  /** Cards that were left for other pictures, as they were left. */
  readonly left: readonly LinkCard[];
  /** What pictures are looked for. */
  readonly find: string;
}

/** Hands on to the page that is loaded next in this tab. */
export function handOver(handover: Handover): void {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(handover));
  } catch {
    // Storage that is refused or full: the address still has all that is shown.
  }
}

/** What the page before this one handed on; at most once. */
export function takeOver(): Handover | undefined {
  try {
    const kept = sessionStorage.getItem(KEY);
    sessionStorage.removeItem(KEY);
    return kept === null ? undefined : (JSON.parse(kept) as Handover);
  } catch {
    // Refused.
    return undefined;
  }
}
