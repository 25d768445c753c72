import type { ReactiveController } from 'lit';
import type { Answer } from '../state/answers';
import { rankPrompts } from '../state/answers';
import type { Card, PromptField } from '../state/cards';
import type { LitDemoPrompt } from './lit-demo-prompt';
import { Moves } from './moves';

/** A card as it is to be shown. */
export interface OrderedCard {
  readonly card: Card;
  readonly answer: Answer;
  /** Whether captions are in the order of their scores, and not as they were written. */
  readonly ranked: boolean;
  readonly prompts: readonly LitDemoPrompt[];
  /** The element that has the focus. */
  readonly focused: Element | null;
}

/** The order of a card's captions; they slide to their places, and keep the focus there. */
export class CaptionOrder implements ReactiveController {
  /** Whether the visitor is in the middle of a caption, which must then stay where it is. */
  typing = false;
  /** The keys of the captions in the order in which they were shown last. */
  private keys: readonly number[] = [];
  private readonly moves = new Moves();
  /** The card that was shown last. */
  private shown: number | undefined;
  /** What had the focus before the captions were put in order: a caption, and what is in it. */
  private focused: Element | null = null;
  private focusedWithin: Element | null = null;

  constructor(private readonly host: OrderedCard) {}

  /** The captions in order. */
  get fields(): readonly PromptField[] {
    const { prompts } = this.host.card;
    return this.keys.flatMap((key) => prompts.find((field) => field.key === key) ?? []);
  }

  hostUpdate(): void {
    const { card, answer, ranked, prompts, focused } = this.host;
    if (ranked && answer.state === 'current' && !this.typing) {
      this.keys = rankPrompts(card.prompts, answer);
    } else {
      this.keys = keepOrder(card.prompts, ranked ? this.keys : []);
    }
    this.moves.note(prompts);
    this.focused = focused;
    this.focusedWithin = focused?.shadowRoot?.activeElement ?? null;
  }

  hostUpdated(): void {
    const { card, prompts, focused } = this.host;
    if (this.shown === undefined || this.shown === card.key) this.moves.play(prompts);
    this.shown = card.key;
    // An element that is put elsewhere loses the focus.
    const before = prompts.find((prompt) => prompt === this.focused);
    if (!before || before === focused) return;
    if (this.focusedWithin instanceof HTMLElement) this.focusedWithin.focus();
    else before.focus();
  }
}

/** The order as it was, without what has gone, and with what has come at the end. */
function keepOrder(prompts: readonly PromptField[], order: readonly number[]): number[] {
  const present = prompts.map(({ key }) => key);
  const kept = order.filter((key) => present.includes(key));
  return [...kept, ...present.filter((key) => !kept.includes(key))];
}
