import type { ReactiveController } from 'lit';
import { formatGalleryLink, type GalleryLink } from './gallery-link';

/** What a page tells of itself for its address. */
export interface Addressed {
  readonly link: GalleryLink;
  /** Whether the page shows what it was asked for. */
  readonly settled: boolean;
  /** @returns What of it is there to be shown; undefined if another link was restored meanwhile. */
  restore(fragment: string): Promise<GalleryLink | undefined>;
}

/** What an entry of the history says of how it came about. */
interface EntryState {
  /** The page opened a picture here, so that one step back closes it. */
  readonly opened?: boolean;
}

/**
 * Keeps the address that of what is shown, so that a reload restores it. To open a picture, or to look
 * for its like, is a step that the Back button undoes.
 */
export class AddressKeeper implements ReactiveController {
  /** What the address says, as far as that is there; undefined until that is known. */
  private before: GalleryLink | undefined;

  constructor(private readonly page: () => Addressed | undefined) {}

  hostConnected(): void {
    // The pictures come later than the browser would scroll to them.
    history.scrollRestoration = 'manual';
    window.addEventListener('popstate', this.onPopState);
  }

  hostDisconnected(): void {
    window.removeEventListener('popstate', this.onPopState);
  }

  hostUpdated(): void {
    const page = this.page();
    const { before } = this;
    // Not while typing: browsers limit how often an address may change.
    if (!before || !page?.settled) return;
    const after = page.link;
    const fragment = formatGalleryLink(after);
    if (fragment === formatGalleryLink(before)) return;
    this.before = after;
    try {
      this.write(before, after, fragment);
    } catch {
      // Browsers refuse more than about three changes a second; the next one will have it all.
      this.before = { ...after, place: NaN };
    }
  }

  /** Has the page show what the address says. */
  async restore(): Promise<void> {
    this.before = undefined;
    const restored = await this.page()?.restore(location.hash);
    if (!restored) return;
    this.before = restored;
    // The visitor may have gone on already.
    this.hostUpdated();
  }

  private write(before: GalleryLink, after: GalleryLink, fragment: string): void {
    const url = fragment || location.pathname + location.search;
    const isOpening = after.opened !== undefined && before.opened === undefined;
    const isClosing = after.opened === undefined && before.opened !== undefined;
    const findsLike = after.like !== undefined && after.like.id !== before.like?.id;
    const state = (history.state ?? {}) as EntryState;
    if (findsLike) history.pushState({} satisfies EntryState, '', url);
    else if (isOpening) history.pushState({ opened: true } satisfies EntryState, '', url);
    else if (isClosing && state.opened) history.back();
    else history.replaceState(isClosing ? {} : state, '', url);
  }

  private readonly onPopState = (): void => {
    void this.restore();
  };
}
