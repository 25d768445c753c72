import type { LinkCard } from './link';

/** Each page of a host has its own. */
const keyOf = (): string => `lit-demo handover ${location.pathname}`;

/** What a visitor has done, for a page that goes on from there in the same tab. */
export interface Handover {
  /** What is shown, as the fragment of a link; the address has it once it is answered. */
  readonly fragment: string;
  /** Cards that were left for other pictures, as they were left. */
  readonly left: readonly LinkCard[];
  /** What pictures are looked for. */
  readonly find: string;
}

/** Keeps it for the page that is loaded next in this tab, be it that this one has crashed. */
export function handOver(handover: Handover): void {
  try {
    const [key, content] = [keyOf(), JSON.stringify(handover)];
    if (sessionStorage.getItem(key) !== content) sessionStorage.setItem(key, content);
  } catch {
    // Storage that is refused or full: the address still has what is shown.
  }
}

/**
 * What the page before this one kept, if this one was loaded in its place: a link that was opened
 * says itself what to show. At most once, so that nothing that breaks a page breaks the next.
 */
export function takeOver(): Handover | undefined {
  try {
    const kept = sessionStorage.getItem(keyOf());
    sessionStorage.removeItem(keyOf());
    return kept === null || !isReloaded() ? undefined : (JSON.parse(kept) as Handover);
  } catch {
    // Refused.
    return undefined;
  }
}

/** Whether the tab shows this page again: reloaded, come back to, or restored after a crash. */
function isReloaded(): boolean {
  const [entry] = performance.getEntriesByType('navigation');
  return (entry as PerformanceNavigationTiming | undefined)?.type !== 'navigate';
}
