import type { Image, Model, SiteManifest } from '../generated/manifest';
import type { EncoderStatus } from '../inference/encoder-status';
import { currentAnswer, NO_ANSWER, type Answer } from './answers';
import * as cards from './cards';
import type { Card } from './cards';
import { formatFragment, parseFragment } from './link';
import { addMessage, type Message } from './messages';

/** What a demo needs from a model in use; ModelSession provides it. */
export interface Session {
  readonly model: Model;
  readonly encoder: EncoderStatus;
  open(): Promise<void>;
  scoreKnown(imageId: string, texts: readonly string[]): number[] | undefined;
  score(imageId: string, texts: readonly string[]): Promise<number[]>;
  warm(): Promise<void>;
  close(): void;
}

export type OpenSession = (model: Model, onStatus: () => void) => Session;

/**
 * Everything that the page shows and that a visitor can do; elements only draw it.
 *
 * A card whose prompts are all known is answered at once; any other waits until `compute` is asked.
 */
export class Demo {
  cards: readonly Card[] = [];
  messages: readonly Message[] = [];
  private session: Session;
  private opened = false;
  private readonly answers = new Map<number, Answer>();
  /** Cards whose computation failed, to be computed when the visitor tries again. */
  private readonly failed = new Set<number>();

  constructor(
    readonly manifest: SiteManifest,
    private readonly openSession: OpenSession,
    private readonly onChange: () => void,
  ) {
    this.session = openSession(manifest.models[0], onChange);
  }

  get model(): Model {
    return this.session.model;
  }

  get encoder(): EncoderStatus {
    return this.session.encoder;
  }

  get fragment(): string {
    return formatFragment(this.manifest, this.model.id, this.cards);
  }

  /** Whether every card shows the answer to its prompts. */
  get settled(): boolean {
    return this.cards.every((card) => this.answer(card).state === 'current');
  }

  image(id: string): Image {
    const image = this.manifest.images.find((candidate) => candidate.id === id);
    if (!image) throw new Error(`The demo has no picture “${id}”.`);
    return image;
  }

  answer(card: Card): Answer {
    return this.answers.get(card.key) ?? NO_ANSWER;
  }

  /** Shows what a link's fragment asks for, or the first picture, and computes all of it. */
  async restore(fragment: string): Promise<void> {
    const { state, warnings } = parseFragment(this.manifest, fragment);
    for (const text of warnings) this.tell({ kind: 'warning', text, retry: false });
    const [first] = this.manifest.images;
    const wanted = state.cards.length
      ? state.cards
      : [{ imageId: first.id, texts: cards.exampleTexts(first) }];
    this.cards = wanted.map(({ imageId, texts }) => cards.createCard(imageId, texts));
    for (const { key } of this.cards) this.answers.set(key, { ...NO_ANSWER, state: 'computing' });
    await this.chooseModel(state.modelId ?? this.model.id);
  }

  /** Switches to a model, cancelling what the last one was doing; computed cards are computed again. */
  async chooseModel(id: string): Promise<void> {
    const model = this.manifest.models.find((candidate) => candidate.id === id) ?? this.model;
    this.session.close();
    const session = this.openSession(model, this.onChange);
    this.session = session;
    this.opened = false;
    this.failed.clear();
    this.messages = this.messages.filter((message) => !message.retry);
    for (const [key, answer] of this.answers) {
      if (answer.state === 'current') this.answers.set(key, { ...answer, state: 'computing' });
    }
    this.onChange();
    await this.open();
  }

  /** Gets the encoder ready ahead of need; a failure shows in `encoder`. */
  async warm(): Promise<void> {
    if (this.opened) await this.session.warm().catch(() => undefined);
  }

  /** Tries again whatever failed. */
  async retry(): Promise<void> {
    this.messages = this.messages.filter((message) => !message.retry);
    this.onChange();
    if (!this.opened) {
      await this.open();
      return;
    }
    const waiting = [...this.failed];
    this.failed.clear();
    await Promise.all([this.warm(), ...waiting.map((key) => this.compute(key))]);
  }

  dismiss(key: number): void {
    this.messages = this.messages.filter((message) => message.key !== key);
    this.onChange();
  }

  /** Opens a card for a picture, first in the list, unless it has one; returns the card's key. */
  openImage(imageId: string): number {
    const present = this.cards.find((card) => card.imageId === imageId);
    if (present) return present.key;
    const card = cards.createCard(imageId, cards.exampleTexts(this.image(imageId)));
    this.cards = [card, ...this.cards];
    this.settle(card.key);
    return card.key;
  }

  /** Puts a copy of a card after it; returns the copy's key. */
  duplicate(key: number): number | undefined {
    this.cards = cards.duplicateCard(this.cards, key);
    const copy = this.cards[this.cards.findIndex((card) => card.key === key) + 1];
    if (copy) this.settle(copy.key);
    return copy?.key;
  }

  remove(key: number): void {
    this.cards = this.cards.filter((card) => card.key !== key);
    this.answers.delete(key);
    this.failed.delete(key);
    this.onChange();
  }

  clear(): void {
    this.cards = [];
    this.answers.clear();
    this.failed.clear();
    this.onChange();
  }

  editPrompt(key: number, promptKey: number, text: string): void {
    this.change(key, (card) => cards.editPrompt(card, promptKey, text));
  }

  addPrompt(key: number): void {
    this.change(key, cards.addPrompt);
  }

  removePrompt(key: number, promptKey: number): void {
    this.change(key, (card) => cards.removePrompt(card, promptKey));
  }

  resetPrompts(key: number): void {
    this.change(key, (card) =>
      cards.replacePrompts(card, cards.exampleTexts(this.image(card.imageId))),
    );
  }

  /** Scores a card's prompts, with the encoder where that is needed. */
  async compute(key: number): Promise<void> {
    const card = this.find(key);
    if (!card || !this.opened || this.settle(key)) return;
    const { session } = this;
    if (session.encoder.status === 'absent') {
      const { name } = session.model;
      const text = `${name} comes without its text encoder, so it answers its example prompts only. Reset the card to bring them back.`;
      this.tell({ kind: 'warning', text, retry: false });
      return;
    }
    const fields = cards.scoredFields(card);
    this.answers.set(key, { ...this.answer(card), state: 'computing' });
    this.onChange();
    try {
      const texts = fields.map((field) => field.text);
      const probabilities = await session.score(card.imageId, texts);
      if (session !== this.session) return;
      if (this.find(key)?.prompts !== card.prompts) {
        // Edited in the meantime; what was computed may still be all that is needed.
        this.settle(key);
        return;
      }
      this.answers.set(key, currentAnswer(fields, probabilities));
      this.onChange();
    } catch (error) {
      if (session === this.session) this.fail(key, error as Error);
    }
  }

  private async open(): Promise<void> {
    const { session } = this;
    try {
      await session.open();
    } catch (error) {
      if (session === this.session) {
        this.tell({ kind: 'error', text: (error as Error).message, retry: true });
      }
      return;
    }
    if (session !== this.session) return;
    this.opened = true;
    // Cards that a visitor never asked to compute wait for the button.
    const asked = this.cards.filter((card) => this.answer(card).state !== 'stale');
    for (const { key } of this.cards) this.settle(key);
    await Promise.all(asked.map(({ key }) => this.compute(key)));
  }

  private change(key: number, change: (card: Card) => Card): void {
    this.cards = cards.changeCard(this.cards, key, change);
    this.settle(key);
  }

  /** Answers a card if all its prompts are known, else marks its answer as stale. */
  private settle(key: number): boolean {
    const card = this.find(key);
    if (!card) return false;
    const fields = cards.scoredFields(card);
    const texts = fields.map((field) => field.text);
    const known = this.opened ? this.session.scoreKnown(card.imageId, texts) : undefined;
    if (known) this.failed.delete(key);
    const state = this.opened ? 'stale' : 'computing';
    this.answers.set(
      key,
      known ? currentAnswer(fields, known) : { state, scores: this.answer(card).scores },
    );
    this.onChange();
    return known !== undefined;
  }

  private fail(key: number, error: Error): void {
    const card = this.find(key);
    if (!card) return;
    this.answers.set(key, { ...this.answer(card), state: 'stale' });
    this.failed.add(key);
    this.tell({ kind: 'error', text: error.message, retry: true });
  }

  private find(key: number): Card | undefined {
    return this.cards.find((card) => card.key === key);
  }

  private tell(message: Omit<Message, 'key'>): void {
    this.messages = addMessage(this.messages, message);
    this.onChange();
  }
}
