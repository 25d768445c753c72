import type { EncoderStatus } from '../inference/encoder-status';
import type { Model } from '../generated/manifest';
import type { Remarks } from '../inference/scoring';
import { currentAnswer, NO_ANSWER, type Answer } from './answers';
import { scoredFields, type Card, type PromptField } from './cards';
import { Pauses } from './pauses';

/** How long a visitor pauses in typing before what is there is answered. */
const PAUSE_MS = 150;

/** What answering needs of a model in use. */
export interface Scorer {
  readonly model: Model;
  readonly encoder: EncoderStatus;
  scoreKnown(imageId: string, texts: readonly string[]): number[] | undefined;
  score(imageId: string, texts: readonly string[]): Promise<number[]>;
  /** What else there is to say of a text that was scored. */
  remarksOn(imageId: string, text: string): Remarks;
}

/** What answering asks of the demo around it. */
export interface AnsweringHost {
  /** The model in use, once it can score; another model is another object. */
  readonly session: Scorer | undefined;
  find(key: number): Card | undefined;
  /** Whether the model in use has a row of a picture. */
  isReady(imageId: string): boolean;
  /** Called after every change. */
  onChange(): void;
  onFailure(error: Error): void;
  /** Called for a card that the model cannot answer, as it has no encoder. */
  onMute(model: Model): void;
}

/** The answers to cards: at once where every prompt is known, else after a pause in typing. */
export class Answering {
  private readonly answers = new Map<number, Answer>();
  private readonly pauses = new Pauses<number>(PAUSE_MS);
  /** Cards whose computation failed. */
  private readonly failed = new Set<number>();

  constructor(private readonly host: AnsweringHost) {}

  answer(key: number): Answer {
    return this.answers.get(key) ?? NO_ANSWER;
  }

  /** Whether a card shows the answer to its prompts, or cannot have one now. */
  isSettled({ key, imageId }: Card): boolean {
    const { state } = this.answer(key);
    return state === 'current' || this.failed.has(key) || !this.host.isReady(imageId);
  }

  /** Says of cards that they are computed, as long as there is no model that could. */
  begin(keys: Iterable<number>): void {
    this.failed.clear();
    for (const key of keys) this.answers.set(key, { ...this.answer(key), state: 'computing' });
  }

  /** Answers a card that has changed, after a pause if that takes the encoder. */
  answerSoon(key: number): void {
    if (this.settle(key)) this.pauses.cancel(key);
    else this.pauses.await(key, () => void this.compute(key));
  }

  /** Scores a card's prompts, with the encoder where that is needed. */
  async compute(key: number): Promise<void> {
    this.pauses.cancel(key);
    const card = this.host.find(key);
    const { session } = this.host;
    if (!card || this.settle(key) || !session || !this.host.isReady(card.imageId)) return;
    if (session.encoder.status === 'absent') {
      this.host.onMute(session.model);
      return;
    }
    const fields = scoredFields(card);
    this.answers.set(key, { ...this.answer(key), state: 'computing' });
    this.host.onChange();
    try {
      const texts = fields.map(({ text }) => text);
      const probabilities = await session.score(card.imageId, texts);
      if (session !== this.host.session) return;
      // Edited in the meantime; what was computed may still be all that is needed.
      if (this.host.find(key)?.prompts !== card.prompts) this.settle(key);
      else this.put(card, session, fields, probabilities);
    } catch (error) {
      if (session === this.host.session) this.fail(key, error as Error);
    }
  }

  /** Computes again what failed. */
  async retry(): Promise<void> {
    const waiting = [...this.failed];
    this.failed.clear();
    await Promise.all(waiting.map((key) => this.compute(key)));
  }

  /** Drops what is known of cards that are no longer there. */
  sweep(): void {
    for (const key of this.answers.keys()) {
      if (this.host.find(key)) continue;
      this.pauses.cancel(key);
      this.answers.delete(key);
      this.failed.delete(key);
    }
  }

  /** Computes nothing any more that waits for a pause. */
  close(): void {
    this.pauses.cancelAll();
  }

  /** Answers a card if all its prompts are known, else marks its answer as stale. */
  private settle(key: number): boolean {
    const card = this.host.find(key);
    if (!card) return false;
    const { session } = this.host;
    const fields = scoredFields(card);
    const texts = fields.map(({ text }) => text);
    const isReady = this.host.isReady(card.imageId);
    const known = isReady ? session?.scoreKnown(card.imageId, texts) : undefined;
    if (session && known) {
      this.failed.delete(key);
      this.put(card, session, fields, known);
      return true;
    }
    const state = session ? 'stale' : 'computing';
    this.answers.set(key, { ...this.answer(key), state });
    this.host.onChange();
    return false;
  }

  private put(
    { key, imageId }: Card,
    session: Scorer,
    fields: readonly PromptField[],
    probabilities: readonly number[],
  ): void {
    const remarksOn = (text: string): Remarks => session.remarksOn(imageId, text);
    this.answers.set(key, currentAnswer(fields, probabilities, remarksOn));
    this.host.onChange();
  }

  private fail(key: number, error: Error): void {
    if (!this.host.find(key)) return;
    this.answers.set(key, { ...this.answer(key), state: 'stale' });
    this.failed.add(key);
    this.host.onFailure(error);
  }
}
