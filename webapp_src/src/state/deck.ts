import * as cards from './cards';
import type { Card } from './cards';

/** The cards that a visitor has before them, and those that were left for another picture. */
export class Deck {
  cards: readonly Card[] = [];
  /** Cards of pictures that are no longer shown, as they were left. */
  private readonly left = new Map<string, Card>();
  /** The card that another picture takes the place of. */
  private active: number | undefined;
  /** A card as it was before something was taken from it, and its place. */
  private before: { readonly card: Card; readonly index: number } | undefined;

  find(key: number): Card | undefined {
    return this.cards.find((card) => card.key === key);
  }

  /** Shows these cards and forgets all others. */
  show(shown: readonly Card[]): void {
    this.cards = shown;
    this.left.clear();
    this.before = undefined;
  }

  /** The cards of pictures that are no longer shown. */
  get leftCards(): readonly Card[] {
    const shown = new Set(this.cards.map(({ imageId }) => imageId));
    return [...this.left.values()].filter(({ imageId }) => !shown.has(imageId));
  }

  /** Takes cards as ones that were left for other pictures. */
  leave(cardsLeft: readonly Card[]): void {
    for (const card of cardsLeft) this.left.set(card.imageId, card);
  }

  /** Notes which card the visitor uses. */
  activate(key: number): void {
    this.active = key;
  }

  /** Puts the card of a picture, as it was left or as given, in the place of the one used last. */
  open(imageId: string, texts: readonly string[]): Card {
    const present = this.cards.find((card) => card.imageId === imageId);
    const card = present ?? this.left.get(imageId) ?? cards.createCard(imageId, texts);
    this.active = present ? present.key : this.replaceActive(card);
    return card;
  }

  /** Puts a copy of a card beside it, where the next picture goes. */
  duplicate(key: number): Card | undefined {
    this.cards = cards.duplicateCard(this.cards, key);
    const copy = this.cards[this.cards.findIndex((card) => card.key === key) + 1];
    this.active = copy?.key;
    return copy;
  }

  change(key: number, change: (card: Card) => Card): void {
    this.cards = cards.changeCard(this.cards, key, change);
  }

  remove(key: number): void {
    this.cards = this.cards.filter((card) => card.key !== key);
  }

  /** Remembers a card from which something is to be taken, for `undo`. */
  remember(key: number): void {
    const index = this.cards.findIndex((card) => card.key === key);
    const card = this.cards[index];
    if (card) this.before = { card, index };
  }

  /** Brings back the card that was remembered last, and returns it. */
  undo(): Card | undefined {
    const { card, index } = this.before ?? {};
    this.before = undefined;
    if (!card) return undefined;
    if (this.find(card.key)) this.change(card.key, () => card);
    else this.cards = [...this.cards.slice(0, index), card, ...this.cards.slice(index)];
    return card;
  }

  /** Keeps only cards of these pictures. */
  retain(imageIds: ReadonlySet<string>): void {
    this.cards = this.cards.filter(({ imageId }) => imageIds.has(imageId));
    for (const imageId of this.left.keys()) {
      if (!imageIds.has(imageId)) this.left.delete(imageId);
    }
    this.before = undefined;
  }

  private replaceActive(card: Card): number {
    const replaced = this.cards.find(({ key }) => key === this.active) ?? this.cards[0];
    if (replaced) this.left.set(replaced.imageId, replaced);
    this.cards = replaced ? this.cards.map((shown) => (shown === replaced ? card : shown)) : [card];
    return card.key;
  }
}
