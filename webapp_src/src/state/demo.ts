import { msg, str } from '@lit/localize';
import type { Image, Model, SiteManifest } from '../generated/manifest';
import type { EncoderStatus } from '../inference/encoder-status';
import { localizeSentence } from '../localization/language';
import { Answering, type AnsweringHost, type Scorer } from './answering';
import type { Answer } from './answers';
import * as cards from './cards';
import type { Card } from './cards';
import { Classification } from './classification';
import { Deck } from './deck';
import { Gallery, type Ranking } from './gallery';
import type { Handover } from './handover';
import { describeState, formatFragment, parseFragment, type LinkState } from './link';
import { addMessage, type Message } from './messages';
import { OwnPictures, type PictureReader } from './own-pictures';
import { throttle } from './throttle';
import { measureWords, type CaptionPart, type Similarity } from './word-effects';

/** What a demo needs from a model in use; PictureSession provides it. */
export interface Session extends Scorer, Ranking, PictureReader, Similarity {
  readonly model: Model;
  readonly encoder: EncoderStatus;
  open(): Promise<void>;
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

/** How often the eye sees a download move, which comes in hundreds of pieces. */
const PROGRESS_MS = 100;

/** Everything that the page shows and that a visitor can do; elements only draw it. */
export class Demo {
  messages: readonly Message[] = [];
  /** Goes up whenever the visitor tries again; pictures that failed are then loaded anew. */
  attempt = 0;
  readonly gallery: Gallery;
  readonly classification: Classification;
  readonly own: OwnPictures;
  /** Whether there were answers once, or it was told why there are none. */
  started = false;
  private readonly deck = new Deck();
  private readonly answering: Answering;
  private session: Session;
  private opened = false;
  /** Captions of which it was asked which words matter, as they were then, by the prompt's key. */
  private readonly measured = new Map<number, readonly CaptionPart[]>();
  private readonly failedPictures = new Set<string>();
  /** The manifest's pictures by id: a ranked gallery looks all of them up whenever it is drawn. */
  private byId: ReadonlyMap<string, Image>;

  constructor(
    private current: SiteManifest,
    private readonly host: DemoHost,
  ) {
    this.byId = indexImages(current);
    this.session = this.openSession(current.models[0]);
    const opened = (): Session | undefined => (this.opened ? this.session : undefined);
    const reader = (): PictureReader => this.session;
    const onChange = (): void => {
      this.host.onChange();
    };
    const onFailure = ({ message }: Error): void => {
      this.tell({ kind: 'error', text: localizeSentence(message), offer: 'retry' });
    };
    this.own = new OwnPictures({
      get reader() {
        return reader();
      },
      onChange,
      onReady: (id, isNew) => {
        this.useOwnPicture(id, isNew);
      },
      onWarning: (text) => {
        this.tell({ kind: 'warning', text });
      },
    });
    this.gallery = new Gallery({
      get ranking() {
        return opened();
      },
      onChange,
      onFailure,
    });
    const cardHost: AnsweringHost = {
      get scorer() {
        return opened();
      },
      find: (key) => this.deck.find(key),
      isReady: (imageId) => !this.own.has(imageId) || this.own.isReady(imageId),
      onChange,
      onFailure,
      onMute: ({ name }) => {
        const text = msg(
          str`${name} answers its example captions only. Use “Reset” to bring them back.`,
        );
        this.tell({ kind: 'warning', text });
      },
    };
    this.classification = new Classification(cardHost);
    this.answering = new Answering(cardHost);
  }

  get cards(): readonly Card[] {
    return this.deck.cards;
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

  /** What can be shared of what is shown: pictures of the visitor's own cannot. */
  get shared(): LinkState {
    const shared = this.cards.filter(({ imageId }) => !this.own.has(imageId));
    return describeState(this.manifest, this.model.id, shared);
  }

  /** Restores what is shared. */
  get fragment(): string {
    return formatFragment(this.shared);
  }

  /** What the fragment does not say, for a page that takes the place of this one. */
  get handover(): Handover {
    const left = this.deck.leftCards
      .filter(({ imageId }) => this.byId.has(imageId))
      .map((card) => ({ imageId: card.imageId, texts: cards.textsOf(card) }));
    return { left, find: this.gallery.text };
  }

  /** Goes on from what another page handed over, as far as the demo has its pictures. */
  takeOver({ left, find }: Handover): void {
    const known = left.filter(({ imageId }) => this.byId.has(imageId));
    this.deck.leave(known.map(({ imageId, texts }) => cards.createCard(imageId, texts)));
    this.gallery.find(find);
  }

  /** Whether every card shows the answer to its prompts, or has none because computing failed. */
  get settled(): boolean {
    return this.cards.every((card) => this.answering.isSettled(card));
  }

  /** All pictures, the visitor's own first. */
  get images(): readonly Image[] {
    return [...this.own.images, ...this.manifest.images];
  }

  image(id: string): Image {
    const image = this.byId.get(id) ?? this.own.images.find((own) => own.id === id);
    if (!image) throw new Error(`The demo has no picture “${id}”.`);
    return image;
  }

  answer(card: Card): Answer {
    return this.answering.answer(card.key);
  }

  /** Shows what a link's fragment asks for, or the first picture, and computes all of it. */
  async restore(fragment: string): Promise<void> {
    const { state, warnings } = parseFragment(this.manifest, fragment);
    this.messages = [];
    for (const text of warnings) this.tell({ kind: 'warning', text });
    const [first] = this.manifest.images;
    const wanted = state.cards.length
      ? state.cards
      : [{ imageId: first.id, texts: cards.exampleTexts(first) }];
    this.deck.show(wanted.map(({ imageId, texts }) => cards.createCard(imageId, texts)));
    this.answering.sweep();
    this.answering.begin(this.cards.map(({ key }) => key));
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
    this.measured.clear();
    this.messages = this.messages.filter(({ offer }) => offer !== 'retry');
    this.answering.begin(this.cards.map(({ key }) => key));
    this.host.onChange();
    await this.open();
  }

  /** Gets the encoder ready ahead of need; a failure shows in `encoder`, and is the visitor's to retry. */
  async warm(): Promise<void> {
    if (this.opened && this.encoder.status === 'idle') await this.prepareEncoder();
  }

  /** Tries again whatever failed, with what the site has now. */
  async retry(): Promise<void> {
    this.messages = this.messages.filter(({ offer }) => offer !== 'retry');
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
    await Promise.all([
      this.prepareEncoder(),
      this.gallery.rank(),
      this.classification.rankAll(),
      this.answering.retry(),
    ]);
  }

  /** Says that a picture did not come; those of an old manifest may be gone. */
  reportPicture(url: string): void {
    this.failedPictures.add(url);
    this.tell({ kind: 'error', text: msg('A picture could not be loaded.'), offer: 'retry' });
  }

  /** Cancels what is under way and frees the worker. */
  close(): void {
    this.answering.close();
    this.gallery.close();
    this.classification.close();
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
    const { key } = this.deck.open(imageId, cards.exampleTexts(this.image(imageId)));
    this.answering.sweep();
    this.classification.rankSoon(key);
    void this.compute(key);
    return key;
  }

  /** Notes which card the visitor uses. */
  activate(key: number): void {
    this.deck.activate(key);
  }

  /** Puts a copy of a card beside it, where the next picture goes; returns the copy's key. */
  duplicate(key: number): number | undefined {
    const copy = this.deck.duplicate(key);
    if (copy) void this.compute(copy.key);
    return copy?.key;
  }

  remove(key: number): void {
    this.offerUndo(key, msg('The picture was closed.'));
    this.deck.remove(key);
    this.answering.sweep();
    this.host.onChange();
  }

  editPrompt(key: number, promptKey: number, text: string): void {
    const before = this.deck.find(key);
    this.change(key, (card) => cards.editPrompt(card, promptKey, text));
    const after = this.deck.find(key);
    if (before && after && cards.templateOf(before) !== cards.templateOf(after)) {
      this.classification.rankSoon(key);
    }
  }

  /** Makes the draft one of the card's prompts, and answers without a pause. */
  async submit(key: number): Promise<void> {
    this.deck.change(key, cards.keepDraft);
    await this.compute(key);
  }

  /** Adds prompts to a card, as far as it takes them. */
  async addPrompts(key: number, texts: readonly string[]): Promise<void> {
    this.deck.change(key, (card) => cards.addPrompts(card, texts));
    await this.compute(key);
  }

  removePrompt(key: number, promptKey: number): void {
    const removed = this.deck.find(key)?.prompts.find((field) => field.key === promptKey);
    if (removed?.text.trim()) this.offerUndo(key, msg(str`“${removed.text}” was removed.`));
    this.change(key, (card) => cards.removePrompt(card, promptKey));
  }

  resetPrompts(key: number): void {
    if (this.hasOwnCaptions(key)) this.offerUndo(key, msg('The captions were reset.'));
    this.change(key, (card) =>
      cards.replacePrompts(card, cards.exampleTexts(this.image(card.imageId))),
    );
  }

  /** Shows the prompts of a set on a card, in the place of its own. */
  showSet(key: number, name: string): void {
    const set = this.manifest.promptSets.find((one) => one.name === name);
    if (!set) return;
    if (this.hasOwnCaptions(key)) {
      this.offerUndo(key, msg(str`The captions are now those of “${name}”.`));
    }
    this.change(key, (card) => cards.replacePrompts(card, cards.exampleTexts(set)));
  }

  /** The words of a card's captions with what they add, where that was asked of them as they are. */
  measuredWords({ prompts }: Card): ReadonlyMap<number, readonly CaptionPart[]> {
    const found = prompts.flatMap(({ key, text }) => {
      const parts = this.measured.get(key);
      return parts?.map((part) => part.text).join('') === text ? [[key, parts] as const] : [];
    });
    return new Map(found);
  }

  /** Measures which words of a card's captions matter, or forgets it if that is shown. */
  async toggleWords(key: number): Promise<void> {
    const card = this.deck.find(key);
    if (!card || !this.opened) return;
    const isShown = this.measuredWords(card).size > 0;
    this.measured.clear();
    const { session } = this;
    try {
      for (const field of isShown ? [] : cards.scoredFields(card)) {
        const { unreadFrom } = session.remarksOn(card.imageId, field.text);
        const parts = await measureWords(session, card.imageId, field.text, unreadFrom);
        if (session !== this.session) return;
        if (parts) this.measured.set(field.key, parts);
        this.host.onChange();
      }
    } catch (error) {
      if (session !== this.session) return;
      const text = localizeSentence((error as Error).message);
      this.tell({ kind: 'error', text, offer: 'retry' });
    }
    this.host.onChange();
  }

  /** Brings back what was removed, reset or closed last. */
  undo(): void {
    this.withdrawUndo();
    const card = this.deck.undo();
    if (card) void this.compute(card.key);
    this.host.onChange();
  }

  /** Scores a card's prompts, with the encoder where that is needed. */
  compute(key: number): Promise<void> {
    return this.answering.compute(key);
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
        const text = localizeSentence((error as Error).message);
        this.tell({ kind: 'error', text, offer: 'retry' });
      }
      return;
    }
    if (session !== this.session) return;
    this.opened = true;
    this.started = true;
    await Promise.all([this.answerAll(), this.own.read()]);
  }

  private async answerAll(): Promise<void> {
    await Promise.all([
      this.gallery.rank(),
      this.classification.rankAll(),
      ...this.cards.map(({ key }) => this.compute(key)),
    ]);
  }

  /** Goes on with another manifest: cards stay, but for those whose picture is gone. */
  private async adopt(manifest: SiteManifest): Promise<void> {
    this.current = manifest;
    this.byId = indexImages(manifest);
    const ids = new Set(this.images.map(({ id }) => id));
    const before = this.cards.length;
    this.deck.retain(ids);
    if (this.cards.length < before) {
      const text = msg('The demo has changed, and no longer has some of these pictures.');
      this.tell({ kind: 'warning', text });
    }
    const [first] = manifest.images;
    if (this.cards.length === 0) this.deck.open(first.id, cards.exampleTexts(first));
    this.withdrawUndo();
    this.answering.sweep();
    await this.chooseModel(this.model.id);
  }

  private openSession(model: Model): Session {
    const onChange = (): void => {
      this.host.onChange();
    };
    const onProgress = throttle(PROGRESS_MS, onChange);
    const session = this.host.openSession(this.current, model, () => {
      if (session.encoder.status === 'loading') onProgress();
      else onChange();
    });
    return session;
  }

  private change(key: number, change: (card: Card) => Card): void {
    this.deck.change(key, change);
    this.answering.answerSoon(key);
  }

  /** Whether a card has captions that no list of the demo brings back. */
  private hasOwnCaptions(key: number): boolean {
    const card = this.deck.find(key);
    if (!card) return false;
    const lists = [this.image(card.imageId), ...this.manifest.promptSets];
    const draft = cards.draftOf(card)?.text ?? '';
    return draft.trim() !== '' || !lists.some((list) => cards.showsPrompts(card, list));
  }

  private offerUndo(key: number, text: string): void {
    this.deck.remember(key);
    this.withdrawUndo();
    this.tell({ kind: 'note', text, offer: 'undo' });
  }

  private withdrawUndo(): void {
    this.messages = this.messages.filter(({ offer }) => offer !== 'undo');
  }

  private useOwnPicture(id: string, isNew: boolean): void {
    if (isNew) this.host.onOwnPicture(this.openImage(id));
    for (const card of this.cards) {
      if (card.imageId !== id) continue;
      void this.compute(card.key);
      this.classification.rankSoon(card.key);
    }
    void this.gallery.rank();
  }

  private tell(message: Omit<Message, 'key'>): void {
    this.messages = addMessage(this.messages, message);
    this.host.onChange();
  }
}

function indexImages({ images }: SiteManifest): ReadonlyMap<string, Image> {
  return new Map(images.map((image) => [image.id, image]));
}
