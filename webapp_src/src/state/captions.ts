import { msg, str } from '@lit/localize';
import type { Image, PromptSet } from '../generated/manifest';
import type { Answering } from './answering';
import * as cards from './cards';
import type { Card } from './cards';
import type { Classification } from './classification';
import type { Deck } from './deck';
import type { Messages } from './messages';

/** What captions need of the demo around them. */
export interface CaptionsHost {
  readonly deck: Deck;
  readonly answering: Answering;
  readonly classification: Classification;
  readonly messages: Messages;
  /** The prompts that can be tried on any picture. */
  promptSets(): readonly PromptSet[];
  /** @throws Error if there is no picture of that id. */
  image(id: string): Image;
  /** Called after every change that answers nothing. */
  onChange(): void;
}

/** What a visitor does to the captions of cards; what that takes away can be had back. */
export class Captions {
  /** The caption that was moved last, if nothing else was taken back or away since. */
  private moved: number | undefined;

  constructor(private readonly host: CaptionsHost) {}

  edit(key: number, promptKey: number, text: string): void {
    const before = this.host.deck.find(key);
    this.change(key, (card) => cards.editPrompt(card, promptKey, text));
    const after = this.host.deck.find(key);
    if (before && after && cards.templateOf(before) !== cards.templateOf(after)) {
      this.host.classification.rankSoon(key);
    }
  }

  /** Makes the draft one of the card's captions, and answers without a pause. */
  async submit(key: number): Promise<void> {
    this.host.deck.change(key, cards.keepDraft);
    await this.host.answering.compute(key);
  }

  /** Adds captions to a card, as far as it takes them. */
  async add(key: number, texts: readonly string[]): Promise<void> {
    this.host.deck.change(key, (card) => cards.addPrompts(card, texts));
    await this.host.answering.compute(key);
  }

  remove(key: number, promptKey: number): void {
    const removed = this.host.deck.find(key)?.prompts.find((field) => field.key === promptKey);
    if (removed?.text.trim()) this.offerUndo(key, msg(str`“${removed.text}” was removed.`));
    this.change(key, (card) => cards.removePrompt(card, promptKey));
  }

  /** Puts a caption at another place, from 0; what moves it on is undone with that. */
  move(key: number, promptKey: number, place: number): void {
    const { deck, messages } = this.host;
    const isOffered = messages.list.some(({ offer }) => offer === 'undo');
    if (!isOffered || this.moved !== promptKey) {
      this.offerUndo(key, msg('The captions were reordered.'));
      this.moved = promptKey;
    }
    deck.change(key, (card) => cards.movePrompt(card, promptKey, place));
    this.host.onChange();
  }

  /** Brings back the picture's example captions. */
  reset(key: number): void {
    if (this.hasOwn(key)) this.offerUndo(key, msg('The captions were reset.'));
    this.change(key, (card) =>
      cards.replacePrompts(card, cards.exampleTexts(this.host.image(card.imageId))),
    );
  }

  /** Shows the prompts of a set on a card, in the place of its own. */
  showSet(key: number, name: string): void {
    const set = this.host.promptSets().find((one) => one.name === name);
    if (!set) return;
    if (this.hasOwn(key)) {
      this.offerUndo(key, msg(str`The captions are now those of “${name}”.`));
    }
    this.change(key, (card) => cards.replacePrompts(card, cards.exampleTexts(set)));
  }

  /** Offers to have a card back as it is now. */
  offerUndo(key: number, text: string): void {
    const { deck, messages } = this.host;
    this.moved = undefined;
    deck.remember(key);
    messages.withdraw('undo');
    messages.tell({ kind: 'note', text, offer: 'undo' });
  }

  /** Whether a card has captions that no list of the demo brings back. */
  private hasOwn(key: number): boolean {
    const card = this.host.deck.find(key);
    if (!card) return false;
    const lists = [this.host.image(card.imageId), ...this.host.promptSets()];
    const draft = cards.draftOf(card)?.text ?? '';
    return draft.trim() !== '' || !lists.some((list) => cards.showsPrompts(card, list));
  }

  private change(key: number, change: (card: Card) => Card): void {
    this.host.deck.change(key, change);
    this.host.answering.answerSoon(key);
  }
}
