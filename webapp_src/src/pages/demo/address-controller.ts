import type { ReactiveController } from 'lit';
import type { Demo } from '../../state/demo';

/** Keeps the address that of what is shown, so that a reload or a bookmark restores it. */
export class AddressController implements ReactiveController {
  /** What the address was last known to restore. */
  private fragment: string | undefined;

  constructor(private readonly demo: () => Demo | undefined) {}

  hostConnected(): void {
    window.addEventListener('hashchange', this.onHashChange);
  }

  hostDisconnected(): void {
    window.removeEventListener('hashchange', this.onHashChange);
  }

  hostUpdated(): void {
    const demo = this.demo();
    // Not while typing: browsers limit how often an address may change.
    if (!demo?.settled || demo.visit.fragment === this.fragment) return;
    const before = this.fragment;
    const { fragment } = demo.visit;
    this.fragment = fragment;
    if (before === undefined) return;
    try {
      // Back goes to the pictures that were shown before.
      if (picturesOf(before) === picturesOf(fragment)) history.replaceState(null, '', fragment);
      else history.pushState(null, '', fragment);
    } catch {
      // Browsers refuse more than about three changes a second; the next one will have it all.
      this.fragment = '';
    }
  }

  private readonly onHashChange = (): void => {
    this.fragment = location.hash;
    void this.demo()?.restore(location.hash);
  };
}

/** What a fragment says of pictures, without their captions. */
function picturesOf(fragment: string): string {
  return new URLSearchParams(fragment.slice(1)).getAll('image').join(' ');
}
