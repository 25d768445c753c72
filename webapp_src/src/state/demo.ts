import { msg, str } from '@lit/localize';
import type { Image, Model, SiteManifest } from '../generated/manifest';
import type { EncoderStatus } from '../inference/encoder-status';
import { Answering } from './answering';
import type { Answer } from './answers';
import { Captions } from './captions';
import * as cards from './cards';
import type { Card } from './cards';
import { Classification } from './classification';
import { Deck } from './deck';
import { DeviceReport } from './device-report';
import { Gallery } from './gallery';
import { parseFragment } from './link';
import { MeasuredWords } from './measured-words';
import { Messages } from './messages';
import { ModelInUse, type ModelHost } from './model-in-use';
import { OwnPictures } from './own-pictures';
import { Pictures } from './pictures';
import { Visit } from './visit';

/** What a demo asks of the page around it. */
export interface DemoHost extends ModelHost {
  /** The manifest as it is on the server now. */
  renewManifest(): Promise<SiteManifest>;
  /** Has the browser forget what it keeps of a picture. */
  renewPicture(url: string): Promise<unknown>;
  /** A picture of the visitor's own is shown, in the card of that key. */
  onOwnPicture(key: number): void;
}

/** Everything that the page shows and that a visitor can do; elements only draw it. */
export class Demo {
  readonly messages: Messages;
  readonly captions: Captions;
  readonly words: MeasuredWords;
  readonly gallery: Gallery;
  readonly classification: Classification;
  readonly report: DeviceReport;
  readonly own: OwnPictures;
  readonly pictures: Pictures;
  readonly visit: Visit;
  /** Whether there were answers once, or it was told why there are none. */
  started = false;
  /** The cards that are shown, and those that were left. */
  readonly deck = new Deck();
  private readonly answering: Answering;
  private readonly inUse: ModelInUse;

  constructor(
    private current: SiteManifest,
    private readonly host: DemoHost,
  ) {
    const { deck } = this;
    const inUse = (this.inUse = new ModelInUse(host, current, current.models[0]));
    const messages = (this.messages = new Messages(() => {
      host.onChange();
    }));
    // What the rooms of a demo ask of it; each sees its own part.
    const rooms = {
      deck,
      messages,
      get session() {
        return inUse.ready;
      },
      get reader() {
        return inUse.session;
      },
      find: (key: number) => deck.find(key),
      image: (id: string) => this.image(id),
      promptSets: () => this.current.promptSets,
      isReady: (imageId: string) => !this.own.has(imageId) || this.own.isReady(imageId),
      onChange: () => {
        host.onChange();
      },
      onReady: (id: string, isNew: boolean) => {
        this.useOwnPicture(id, isNew);
      },
      onFailure: (error: Error) => {
        messages.tellFailure(error);
      },
      onWarning: (text: string) => {
        messages.warn(text);
      },
      onMute: ({ name }: Model) => {
        messages.warn(
          msg(str`${name} answers its example captions only. Use “Reset” to bring them back.`),
        );
      },
    };
    this.own = new OwnPictures(rooms);
    this.pictures = new Pictures(current, this.own);
    this.gallery = new Gallery(rooms);
    this.words = new MeasuredWords(rooms);
    this.report = new DeviceReport(rooms);
    const classification = (this.classification = new Classification(rooms));
    const answering = (this.answering = new Answering(rooms));
    this.captions = new Captions({ ...rooms, answering, classification });
    this.visit = new Visit(this);
  }

  get cards(): readonly Card[] {
    return this.deck.cards;
  }

  get manifest(): SiteManifest {
    return this.current;
  }

  get model(): Model {
    return this.inUse.session.model;
  }

  get encoder(): EncoderStatus {
    return this.inUse.session.encoder;
  }

  /** Where the encoder of the visitor's own pictures stands. */
  get imageEncoder(): EncoderStatus {
    return this.inUse.session.imageEncoder;
  }

  /** Whether every card shows the answer to its prompts, or has none because computing failed. */
  get settled(): boolean {
    return this.cards.every((card) => this.answering.isSettled(card));
  }

  image(id: string): Image {
    return this.pictures.find(id);
  }

  answer(card: Card): Answer {
    return this.answering.answer(card.key);
  }

  /** Shows what a link's fragment asks for, or the first picture, and computes all of it. */
  async restore(fragment: string): Promise<void> {
    const { state, warnings } = parseFragment(this.manifest, fragment);
    this.messages.clear();
    for (const text of warnings) this.messages.warn(text);
    const { first } = this.pictures;
    const wanted = state.cards.length
      ? state.cards
      : [{ imageId: first.id, texts: cards.exampleTexts(first) }];
    this.deck.show(wanted.map(({ imageId, texts }) => cards.createCard(imageId, texts)));
    this.answering.sweep();
    this.answering.begin(this.cards.map(({ key }) => key));
    const modelId = state.modelId ?? this.model.id;
    if (this.inUse.ready && modelId === this.model.id) await this.answerAll();
    else await this.chooseModel(modelId);
  }

  /** Switches to a model, cancelling what the last one was doing; all cards are computed again. */
  async chooseModel(id: string): Promise<void> {
    const { models } = this.manifest;
    this.inUse.change(this.manifest, models.find((model) => model.id === id) ?? models[0]);
    this.own.forget();
    this.words.forget();
    this.report.forget();
    this.answering.begin(this.cards.map(({ key }) => key));
    this.messages.withdraw('retry');
    await this.open();
  }

  /** Gets the encoder ready ahead of need; a failure shows in `encoder`, and is the visitor's to retry. */
  async warm(): Promise<void> {
    if (this.inUse.ready && this.encoder.status === 'idle') await this.inUse.warm();
  }

  /** Tries again whatever failed, with what the site has now. */
  async retry(): Promise<void> {
    this.messages.withdraw('retry');
    const { session } = this.inUse;
    await this.pictures.retry((url) => this.host.renewPicture(url));
    // If there is no manifest to be had, what is tried with the old one says what is wrong.
    const manifest = await this.host.renewManifest().catch(() => this.current);
    if (session !== this.inUse.session) return;
    if (manifest.sha256 !== this.current.sha256) {
      await this.adopt(manifest);
      return;
    }
    if (!this.inUse.ready) {
      await this.open();
      return;
    }
    await Promise.all([
      this.inUse.warm(),
      this.gallery.rank(),
      this.classification.rankAll(),
      this.answering.retry(),
    ]);
  }

  /** Says that a picture did not come; those of an old manifest may be gone. */
  reportPicture(url: string): void {
    this.pictures.fail(url);
    this.messages.tell({
      kind: 'error',
      text: msg('A picture could not be loaded.'),
      offer: 'retry',
    });
  }

  /** Cancels what is under way and frees the worker. */
  close(): void {
    this.answering.close();
    this.gallery.close();
    this.classification.close();
    this.inUse.session.close();
  }

  /**
   * Shows a picture in the place of the one that was used last, unless it is there already; returns
   * the card's key. What was typed for a picture is there when it comes back.
   */
  openImage(imageId: string): number {
    const { key } = this.deck.open(imageId, cards.exampleTexts(this.image(imageId)));
    this.answering.sweep();
    this.classification.rankSoon(key);
    void this.answering.compute(key);
    return key;
  }

  /** Notes which card the visitor uses. */
  activate(key: number): void {
    this.deck.activate(key);
  }

  /** Puts a copy of a card beside it, where the next picture goes; returns the copy's key. */
  duplicate(key: number): number | undefined {
    const copy = this.deck.duplicate(key);
    if (copy) void this.answering.compute(copy.key);
    return copy?.key;
  }

  remove(key: number): void {
    this.captions.offerUndo(key, msg('The picture was closed.'));
    this.deck.remove(key);
    this.answering.sweep();
    this.host.onChange();
  }

  /** Brings back what was removed, reset or closed last. */
  undo(): void {
    this.messages.withdraw('undo');
    const card = this.deck.undo();
    if (card) void this.answering.compute(card.key);
    this.host.onChange();
  }

  private async open(): Promise<void> {
    try {
      if (!(await this.inUse.open())) return;
    } catch (error) {
      this.started = true;
      this.messages.tellFailure(error as Error);
      return;
    }
    this.started = true;
    await Promise.all([this.answerAll(), this.own.read()]);
  }

  private async answerAll(): Promise<void> {
    await Promise.all([
      this.gallery.rank(),
      this.classification.rankAll(),
      ...this.cards.map(({ key }) => this.answering.compute(key)),
    ]);
  }

  /** Goes on with another manifest: cards stay, but for those whose picture is gone. */
  private async adopt(manifest: SiteManifest): Promise<void> {
    this.current = manifest;
    this.pictures.adopt(manifest);
    const before = this.cards.length;
    this.deck.retain(new Set(this.pictures.all.map(({ id }) => id)));
    if (this.cards.length < before) {
      this.messages.warn(msg('The demo has changed, and no longer has some of these pictures.'));
    }
    const { first } = this.pictures;
    if (this.cards.length === 0) this.deck.open(first.id, cards.exampleTexts(first));
    this.messages.withdraw('undo');
    this.answering.sweep();
    await this.chooseModel(this.model.id);
  }

  private useOwnPicture(id: string, isNew: boolean): void {
    if (isNew) this.host.onOwnPicture(this.openImage(id));
    for (const card of this.cards) {
      if (card.imageId !== id) continue;
      void this.answering.compute(card.key);
      this.classification.rankSoon(card.key);
    }
    void this.gallery.rank();
  }
}
