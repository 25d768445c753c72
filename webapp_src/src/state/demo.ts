import type { Image, Model, SiteManifest } from '../generated/manifest';
import type { EncoderStatus } from '../inference/encoder-status';
import { currentAnswer, NO_ANSWER, type Answer } from './answers';
import * as cards from './cards';
import type { Card, PromptField } from './cards';
import { Gallery, type Ranking } from './gallery';
import { formatFragment, parseFragment } from './link';
import { addMessage, type Message } from './messages';
import { OwnPictures, type PictureReader } from './own-pictures';
import { Pauses } from './pauses';

/** What a demo needs from a model in use; ModelSession provides it. */
export interface Session extends Ranking, PictureReader {
  readonly model: Model;
  readonly encoder: EncoderStatus;
  open(): Promise<void>;
  scoreKnown(imageId: string, texts: readonly string[]): number[] | undefined;
  score(imageId: string, texts: readonly string[]): Promise<number[]>;
  /** Whether a text that was scored uses what the model's vocabulary was cut of. */
  isCutShort(text: string): boolean;
  warm(): Promise<void>;
  close(): void;
}

/** What a demo asks of the page around it. */
export interface DemoHost {
  openSession(manifest: SiteManifest, model: Model, onStatus: () => void): Session;
  /** The manifest as it is on the server now. */
  renewManifest(): Promise<SiteManifest>;
  /** Has the browser forget what it keeps of a picture. */
  renewPicture(url: string): Promise<unknown>;
  /** Called after every change. */
  onChange(): void;
  /** A picture of the visitor's own is shown, in the card of that key. */
  onOwnPicture(key: number): void;
}

/** How long a visitor pauses in typing before what is there is answered. */
const PAUSE_MS = 150;

/**
 * Everything that the page shows and that a visitor can do; elements only draw it.
 *
 * A card whose prompts are all known is answered at once; any other after a pause in typing.
 */
export class Demo {
  cards: readonly Card[] = [];
  messages: readonly Message[] = [];
  /** Goes up whenever the visitor tries again; pictures that failed are then loaded anew. */
  attempt = 0;
  readonly gallery: Gallery;
  readonly own: OwnPictures;
  /** Whether there were answers once, or it was told why there are none. */
  started = false;
  private session: Session;
  private opened = false;
  private readonly answers = new Map<number, Answer>();
  /** Cards that are computed when the visitor pauses. */
  private readonly pauses = new Pauses<number>(PAUSE_MS);
  /** Cards of pictures that are no longer shown, as they were left. */
  private readonly left = new Map<string, Card>();
  /** The card that another picture takes the place of. */
  private active: number | undefined;
  /** Cards whose computation failed, to be computed when the visitor tries again. */
  private readonly failed = new Set<number>();
  private readonly failedPictures = new Set<string>();

  constructor(
    private current: SiteManifest,
    private readonly host: DemoHost,
  ) {
    this.session = this.openSession(current.models[0]);
    const reader = (): PictureReader => this.session;
    this.own = new OwnPictures({
      get reader() {
        return reader();
      },
      onChange: () => {
        this.host.onChange();
      },
      onReady: (id, isNew) => {
        this.useOwnPicture(id, isNew);
      },
      onWarning: (text) => {
        this.tell({ kind: 'warning', text, retry: false });
      },
    });
    const ranking = (): Ranking | undefined => (this.opened ? this.session : undefined);
    this.gallery = new Gallery({
      get ranking() {
        return ranking();
      },
      onChange: () => {
        this.host.onChange();
      },
      onFailure: (error) => {
        this.tell({ kind: 'error', text: error.message, retry: true });
      },
    });
  }

  get manifest(): SiteManifest {
    return this.current;
  }

  get model(): Model {
    return this.session.model;
  }

  get encoder(): EncoderStatus {
    return this.session.encoder;
  }

  /** Where the encoder of the visitor's own pictures stands. */
  get imageEncoder(): EncoderStatus {
    return this.session.imageEncoder;
  }

  get fragment(): string {
    const shared = this.cards.filter(({ imageId }) => !this.own.has(imageId));
    return formatFragment(this.manifest, this.model.id, shared);
  }

  /** Whether every card shows the answer to its prompts, or has none because computing failed. */
  get settled(): boolean {
    return this.cards.every(
      (card) =>
        this.answer(card).state === 'current' ||
        this.failed.has(card.key) ||
        !this.isReady(card.imageId),
    );
  }

  /** All pictures, the visitor's own first. */
  get images(): readonly Image[] {
    return [...this.own.images, ...this.manifest.images];
  }

  image(id: string): Image {
    const image = this.images.find((candidate) => candidate.id === id);
    if (!image) throw new Error(`The demo has no picture “${id}”.`);
    return image;
  }

  answer(card: Card): Answer {
    return this.answers.get(card.key) ?? NO_ANSWER;
  }

  /** Shows what a link's fragment asks for, or the first picture, and computes all of it. */
  async restore(fragment: string): Promise<void> {
    const { state, warnings } = parseFragment(this.manifest, fragment);
    this.messages = [];
    for (const text of warnings) this.tell({ kind: 'warning', text, retry: false });
    const [first] = this.manifest.images;
    const wanted = state.cards.length
      ? state.cards
      : [{ imageId: first.id, texts: cards.exampleTexts(first) }];
    this.cards = wanted.map(({ imageId, texts }) => cards.createCard(imageId, texts));
    this.pauses.cancelAll();
    this.answers.clear();
    this.failed.clear();
    this.left.clear();
    for (const { key } of this.cards) this.answers.set(key, { ...NO_ANSWER, state: 'computing' });
    const modelId = state.modelId ?? this.model.id;
    if (this.opened && modelId === this.model.id) await this.answerAll();
    else await this.chooseModel(modelId);
  }

  /** Switches to a model, cancelling what the last one was doing; all cards are computed again. */
  async chooseModel(id: string): Promise<void> {
    const { models } = this.manifest;
    this.session.close();
    this.session = this.openSession(models.find((model) => model.id === id) ?? models[0]);
    this.opened = false;
    this.own.forget();
    this.failed.clear();
    this.messages = this.messages.filter((message) => !message.retry);
    for (const [key, answer] of this.answers) {
      this.answers.set(key, { ...answer, state: 'computing' });
    }
    this.host.onChange();
    await this.open();
  }

  /** Gets the encoder ready ahead of need; a failure shows in `encoder`, and is the visitor's to retry. */
  async warm(): Promise<void> {
    if (this.opened && this.encoder.status === 'idle') await this.prepareEncoder();
  }

  /** Tries again whatever failed, with what the site has now. */
  async retry(): Promise<void> {
    this.messages = this.messages.filter((message) => !message.retry);
    this.host.onChange();
    const { session } = this;
    await this.renewPictures();
    // If there is no manifest to be had, what is tried with the old one says what is wrong.
    const manifest = await this.host.renewManifest().catch(() => this.current);
    if (session !== this.session) return;
    if (manifest.sha256 !== this.current.sha256) {
      await this.adopt(manifest);
      return;
    }
    if (!this.opened) {
      await this.open();
      return;
    }
    const waiting = [...this.failed];
    this.failed.clear();
    await Promise.all([
      this.prepareEncoder(),
      this.gallery.rank(),
      ...waiting.map((key) => this.compute(key)),
    ]);
  }

  /** Says that a picture did not come; those of an old manifest may be gone. */
  reportPicture(url: string): void {
    this.failedPictures.add(url);
    this.tell({ kind: 'error', text: 'A picture could not be loaded.', retry: true });
  }

  /** Cancels what is under way and frees the worker. */
  close(): void {
    this.pauses.cancelAll();
    this.gallery.close();
    this.session.close();
  }

  dismiss(key: number): void {
    this.messages = this.messages.filter((message) => message.key !== key);
    this.host.onChange();
  }

  /**
   * Shows a picture in the place of the one that was used last, unless it is there already; returns
   * the card's key. What was typed for a picture is there when it comes back.
   */
  openImage(imageId: string): number {
    const present = this.cards.find((card) => card.imageId === imageId);
    if (present) {
      this.activate(present.key);
      return present.key;
    }
    const card = this.left.get(imageId) ?? this.createExample(imageId);
    const replaced = this.cards.find(({ key }) => key === this.active) ?? this.cards[0];
    if (replaced) {
      this.left.set(replaced.imageId, replaced);
      this.forget(replaced.key);
    }
    this.cards = replaced ? this.cards.map((shown) => (shown === replaced ? card : shown)) : [card];
    this.active = card.key;
    if (!this.settle(card.key)) void this.compute(card.key);
    return card.key;
  }

  /** Notes which card the visitor uses. */
  activate(key: number): void {
    this.active = key;
  }

  /** Puts a copy of a card beside it, where the next picture goes; returns the copy's key. */
  duplicate(key: number): number | undefined {
    this.cards = cards.duplicateCard(this.cards, key);
    const copy = this.cards[this.cards.findIndex((card) => card.key === key) + 1];
    if (!copy) return undefined;
    this.active = copy.key;
    if (!this.settle(copy.key)) void this.compute(copy.key);
    return copy.key;
  }

  remove(key: number): void {
    this.cards = this.cards.filter((card) => card.key !== key);
    this.forget(key);
    this.host.onChange();
  }

  editPrompt(key: number, promptKey: number, text: string): void {
    this.change(key, (card) => cards.editPrompt(card, promptKey, text));
  }

  /** Makes the draft one of the card's prompts, and answers without a pause. */
  async submit(key: number): Promise<void> {
    this.cards = cards.changeCard(this.cards, key, cards.keepDraft);
    await this.compute(key);
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
    this.pauses.cancel(key);
    const card = this.find(key);
    if (!card || !this.opened || this.settle(key) || !this.isReady(card.imageId)) return;
    const { session } = this;
    if (session.encoder.status === 'absent') {
      const { name } = session.model;
      const text = `${name} comes without its text encoder, so it answers its example prompts only. Use “Reset captions” to bring them back.`;
      this.tell({ kind: 'warning', text, retry: false });
      return;
    }
    const fields = cards.scoredFields(card);
    this.answers.set(key, { ...this.answer(card), state: 'computing' });
    this.host.onChange();
    try {
      const texts = fields.map((field) => field.text);
      const probabilities = await session.score(card.imageId, texts);
      if (session !== this.session) return;
      if (this.find(key)?.prompts !== card.prompts) {
        // Edited in the meantime; what was computed may still be all that is needed.
        this.settle(key);
        return;
      }
      this.answers.set(key, this.answerFrom(fields, probabilities));
      this.host.onChange();
    } catch (error) {
      if (session === this.session) this.fail(key, error as Error);
    }
  }

  private async prepareEncoder(): Promise<void> {
    // What went wrong is in the encoder's status.
    await this.session.warm().catch(() => undefined);
  }

  private async renewPictures(): Promise<void> {
    const urls = [...this.failedPictures];
    this.failedPictures.clear();
    // One that fails again is reported again.
    await Promise.allSettled(urls.map((url) => this.host.renewPicture(url)));
    this.attempt += 1;
  }

  private async open(): Promise<void> {
    const { session } = this;
    try {
      await session.open();
    } catch (error) {
      if (session === this.session) {
        this.started = true;
        this.tell({ kind: 'error', text: (error as Error).message, retry: true });
      }
      return;
    }
    if (session !== this.session) return;
    this.opened = true;
    this.started = true;
    await Promise.all([this.answerAll(), this.own.read()]);
  }

  private async answerAll(): Promise<void> {
    await Promise.all([this.gallery.rank(), ...this.cards.map(({ key }) => this.compute(key))]);
  }

  /** Goes on with another manifest: cards stay, but for those whose picture is gone. */
  private async adopt(manifest: SiteManifest): Promise<void> {
    this.current = manifest;
    const ids = new Set(this.images.map(({ id }) => id));
    const kept = this.cards.filter(({ imageId }) => ids.has(imageId));
    if (kept.length < this.cards.length) {
      const text = 'The demo has changed, and no longer has some of these pictures.';
      this.tell({ kind: 'warning', text, retry: false });
    }
    this.cards = kept.length ? kept : [this.createExample(manifest.images[0].id)];
    for (const key of this.answers.keys()) {
      if (!this.find(key)) this.forget(key);
    }
    for (const imageId of this.left.keys()) {
      if (!ids.has(imageId)) this.left.delete(imageId);
    }
    await this.chooseModel(this.model.id);
  }

  private openSession(model: Model): Session {
    return this.host.openSession(this.current, model, () => {
      this.host.onChange();
    });
  }

  private change(key: number, change: (card: Card) => Card): void {
    this.cards = cards.changeCard(this.cards, key, change);
    if (this.settle(key)) this.pauses.cancel(key);
    else this.pauses.await(key, () => void this.compute(key));
  }

  private createExample(imageId: string): Card {
    return cards.createCard(imageId, cards.exampleTexts(this.image(imageId)));
  }

  private forget(key: number): void {
    this.pauses.cancel(key);
    this.answers.delete(key);
    this.failed.delete(key);
  }

  /** Answers a card if all its prompts are known, else marks its answer as stale. */
  private settle(key: number): boolean {
    const card = this.find(key);
    if (!card) return false;
    const fields = cards.scoredFields(card);
    const texts = fields.map((field) => field.text);
    const known =
      this.opened && this.isReady(card.imageId)
        ? this.session.scoreKnown(card.imageId, texts)
        : undefined;
    if (known) this.failed.delete(key);
    const state = this.opened ? 'stale' : 'computing';
    this.answers.set(
      key,
      known ? this.answerFrom(fields, known) : { state, scores: this.answer(card).scores },
    );
    this.host.onChange();
    return known !== undefined;
  }

  /** Whether the model in use has a row of a picture. */
  private isReady(imageId: string): boolean {
    return !this.own.has(imageId) || this.own.isReady(imageId);
  }

  private useOwnPicture(id: string, isNew: boolean): void {
    if (isNew) this.host.onOwnPicture(this.openImage(id));
    for (const card of this.cards) {
      if (card.imageId === id) void this.compute(card.key);
    }
    void this.gallery.rank();
  }

  private answerFrom(fields: readonly PromptField[], probabilities: readonly number[]): Answer {
    return currentAnswer(fields, probabilities, (text) => this.session.isCutShort(text));
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
    this.host.onChange();
  }
}
