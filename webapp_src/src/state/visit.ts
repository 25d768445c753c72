import type { Model, SiteManifest } from '../generated/manifest';
import * as cards from './cards';
import type { Deck } from './deck';
import type { Gallery } from './gallery';
import type { Handover } from './handover';
import { describeState, formatFragment, type LinkState } from './link';
import type { Pictures } from './pictures';

/** What a visit needs of the demo around it. */
export interface VisitHost {
  readonly manifest: SiteManifest;
  readonly model: Model;
  readonly deck: Deck;
  readonly gallery: Gallery;
  readonly pictures: Pictures;
}

/** What is kept of a visit: by a link, and for a page that takes the place of this one. */
export class Visit {
  constructor(private readonly host: VisitHost) {}

  /** What can be shared of what is shown: pictures of the visitor's own cannot. */
  get shared(): LinkState {
    const { deck, manifest, model, pictures } = this.host;
    const shared = deck.cards.filter(({ imageId }) => !pictures.own.has(imageId));
    return describeState(manifest, model.id, shared);
  }

  /** Restores what is shared. */
  get fragment(): string {
    return formatFragment(this.shared);
  }

  /** For a page that takes the place of this one. */
  get handover(): Handover {
    const { deck, gallery, pictures } = this.host;
    const left = deck.leftCards
      .filter(({ imageId }) => pictures.has(imageId))
      .map((card) => ({ imageId: card.imageId, texts: cards.textsOf(card) }));
    return { fragment: this.fragment, left, find: gallery.text };
  }

  /** Goes on from what another page had beside what it showed, as far as the demo has its pictures. */
  takeOver({ left, find }: Handover): void {
    const { deck, gallery, pictures } = this.host;
    const known = left.filter(({ imageId }) => pictures.has(imageId));
    deck.leave(known.map(({ imageId, texts }) => cards.createCard(imageId, texts)));
    gallery.find(find);
  }
}
