import { localized, msg, str } from '@lit/localize';
import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { Image, Model, PromptSet } from '../generated/manifest';
import type { EncoderStatus } from '../inference/encoder-status';
import { NO_ANSWER, rankPrompts, type Answer } from '../state/answers';
import { draftOf, scoredFields, templateOf, type Card, type PromptField } from '../state/cards';
import { NO_RANKING, type ClassRanking } from '../state/classification';
import type { CaptionPart } from '../state/word-effects';
import { currentLanguage } from '../localization/language';
import { CaptionDrag } from './caption-drag';
import { CaptionOrder } from './caption-order';
import {
  describeAnswer,
  describeMeaning,
  describeScore,
  isLone,
  isNone,
  markedBest,
} from './card-sentences';
import { renderTools } from './card-tools';
import { fire, type DemoEvent } from './events';
import { formatLoaded } from './format';
import { layout } from './lit-demo-card.styles';
import type { DrawnCaption } from './answer-image';
import './lit-demo-classes';
import './lit-demo-picture';
import './lit-demo-prompt';
import type { LitDemoPrompt } from './lit-demo-prompt';
import { buttons, shared } from './shared-styles';

/**
 * A picture with the captions that are compared on it, the best first.
 *
 * `data-state` on the host is the answer's: stale, computing or current.
 *
 * @fires card-used - `{cardKey}`: the visitor turned to this card.
 * @fires card-edited - `{cardKey, promptKey, text}`
 * @fires card-extended - `{cardKey, texts}`: these should be prompts too.
 * @fires card-shortened - `{cardKey, promptKey}`: a prompt should go.
 * @fires card-reordered - `{cardKey, promptKey, place}`: a prompt should be at that place, from 0.
 * @fires card-reset - `{cardKey}`: the example prompts should come back.
 * @fires card-classes-edited - `{cardKey, list}`: these words should go into the draft.
 * @fires words-toggled - `{cardKey}`: it should be shown, or no longer, which words matter.
 * @fires set-chosen - `{cardKey, name}`: the prompts of that set should be shown.
 * @fires card-submitted - `{cardKey}`: the prompts should be computed, with the draft as one of them.
 * @fires card-duplicated - `{cardKey}`
 * @fires card-removed - `{cardKey}`
 * @fires like-requested - `{imageId}`: pictures like this one are looked for.
 * @csspart tools - What else can be done with the card.
 */
@localized()
@customElement('lit-demo-card')
export class LitDemoCard extends LitElement {
  static override styles = [shared, buttons, ...layout];

  @property({ attribute: false }) card!: Card;
  @property({ attribute: false }) image!: Image;
  /** Captions in parts, by the prompt's key, where the visitor asked which words matter. */
  @property({ attribute: false }) words: ReadonlyMap<number, readonly CaptionPart[]> = new Map();
  /** What was typed as words for a sentence with `{}`. */
  @property({ attribute: false }) classes = '';
  @property({ attribute: false }) ranking: ClassRanking = NO_RANKING;
  /** Prompts that can be tried on any picture. */
  @property({ attribute: false }) sets: readonly PromptSet[] = [];
  @property({ attribute: false }) answer: Answer = NO_ANSWER;
  @property({ attribute: false }) scoring: Model['scoring']['kind'] = 'softmax';
  /** The codes of the languages that the model was trained on, if that is known. */
  @property({ attribute: false }) languages: readonly string[] = [];
  /** The language of the demo's texts, which may not be that of the page. */
  @property({ attribute: false }) textLanguage = '';
  /** What computing may be waiting for. */
  @property({ attribute: false }) encoder: EncoderStatus = { status: 'idle' };
  /** A picture that failed is loaded anew when this changes. */
  @property({ attribute: false }) attempt = 0;
  /** Whether captions are in the order of their scores, and not as they were written. */
  @property({ type: Boolean }) ranked = true;
  /** Whether each caption says how it compares with captions of other pictures. */
  @property({ type: Boolean }) detailed = false;
  /** Whether there are other cards. */
  @property({ type: Boolean }) removable = false;

  @query('ol') private readonly list!: HTMLElement;
  @query('lit-demo-picture') private readonly picture!: HTMLElement;

  /** What was said of the last answer; it stays while the next is computed, so that only news is read out. */
  private said = '';
  /** The answer that was shown when a caption was moved last: what was said since stays. */
  private movedAt: Answer | undefined;
  private readonly order = new CaptionOrder(this);
  private readonly drag = new CaptionDrag((key, place) => {
    this.move(key, place);
  });

  constructor() {
    super();
    this.addController(this.order);
  }

  /** The captions' elements as they are drawn. */
  get prompts(): LitDemoPrompt[] {
    return [...this.renderRoot.querySelectorAll<LitDemoPrompt>('lit-demo-prompt')];
  }

  get focused(): Element | null {
    return this.shadowRoot?.activeElement ?? null;
  }

  /** Moves to the card's picture, where reading it begins. */
  override focus(): void {
    this.picture.focus();
  }

  /** Moves to the box that invites. */
  invite(): void {
    this.prompts.at(-1)?.focus();
  }

  protected override willUpdate(): void {
    const { answer } = this;
    if (answer.state === 'current' && answer !== this.movedAt) this.said = describeAnswer(this);
  }

  protected override render(): TemplateResult {
    const draft = draftOf(this.card);
    const listed = this.order.fields.filter((field) => field !== draft);
    return html`
      <article
        class="card"
        aria-label=${this.image.description}
        lang=${this.textLanguage || nothing}
        @focusin=${() => {
          fire(this, 'card-used', this.own);
        }}
      >
        <lit-demo-picture .image=${this.image} .attempt=${this.attempt}></lit-demo-picture>
        <div class="captions" lang=${currentLanguage()}>
          <ol
            @pointermove=${({ clientY }: PointerEvent) => {
              this.drag.drag(this.list, clientY);
            }}
            @lostpointercapture=${() => {
              this.drag.end();
            }}
          >
            ${isNone(this) ? html`<li class="none">${msg('None of these fits well')}</li>` : nothing}
            ${repeat(
              listed,
              ({ key }) => key,
              (field, index) =>
                html`<li data-key=${field.key}>${this.renderPrompt(field, index + 1)}</li>`,
            )}
          </ol>
          ${draft && this.encoder.status !== 'absent' ? this.renderPrompt(draft, 0) : nothing}
          ${templateOf(this.card) === undefined ? nothing : this.renderClasses()}
          ${this.renderMeaning()}
          <p class="visually-hidden" role="status">${this.said}</p>
          <div class="tools" part="tools">${renderTools(this, this.describeCaptions())}</div>
        </div>
      </article>
    `;
  }

  protected override updated(): void {
    this.dataset['state'] = this.answer.state;
  }

  private renderPrompt({ key, text }: PromptField, number: number): TemplateResult {
    const { answer } = this;
    const score = answer.scores.get(key);
    const current = answer.state === 'current';
    const own = score?.text === text ? score : undefined;
    return html`<lit-demo-prompt
      data-key=${key}
      .text=${text}
      .textLanguage=${this.textLanguage}
      .number=${number}
      .draft=${number === 0}
      .fixed=${this.encoder.status === 'absent'}
      .movable=${number > 0 && !this.ranked && scoredFields(this.card).length > 1}
      .probability=${own?.probability}
      .lone=${isLone(this)}
      .words=${this.words.get(key)}
      .unreadFrom=${own?.remarks.unreadFrom}
      .note=${own ? describeScore(this, own.text, own.remarks) : ''}
      .stale=${!current}
      .best=${current && markedBest(this) === key}
      @prompt-edited=${(event: DemoEvent<'prompt-edited'>) => {
        this.order.typing = true;
        fire(this, 'card-edited', { ...this.own, promptKey: key, text: event.detail.text });
      }}
      @prompt-submitted=${this.submit}
      @prompts-pasted=${({ detail }: DemoEvent<'prompts-pasted'>) => {
        fire(this, 'card-extended', { ...this.own, ...detail });
      }}
      @prompt-left=${() => {
        this.leave(key, text);
      }}
      @prompt-moved=${({ detail }: DemoEvent<'prompt-moved'>) => {
        this.move(key, number - 1 + detail.by);
      }}
      @prompt-grabbed=${({ detail }: DemoEvent<'prompt-grabbed'>) => {
        this.drag.begin(key, this.list, detail.pointerId);
      }}
      @prompt-removed=${() => {
        this.shorten(key, number);
      }}
    ></lit-demo-prompt>`;
  }

  private renderClasses(): TemplateResult {
    return html`<lit-demo-classes
      .list=${this.classes}
      .ranking=${this.ranking}
      .textLanguage=${this.textLanguage}
      @classes-edited=${({ detail }: DemoEvent<'classes-edited'>) => {
        fire(this, 'card-classes-edited', { ...this.own, list: detail.list });
      }}
    ></lit-demo-classes>`;
  }

  /** The captions as an image shows them. */
  private describeCaptions(): DrawnCaption[] {
    const { answer, card } = this;
    return rankPrompts(scoredFields(card), answer).flatMap((key) => {
      const score = answer.scores.get(key);
      if (!score) return [];
      const probability = isLone(this) ? undefined : score.probability;
      return [{ text: score.text, probability, best: markedBest(this) === key }];
    });
  }

  /** What the bars mean, or what they are waiting for. */
  private renderMeaning(): TemplateResult {
    const { answer, encoder } = this;
    if (answer.state === 'computing' && encoder.status === 'loading') {
      return html`<p class="meaning">
        <progress
          max=${encoder.total}
          .value=${encoder.loaded}
          aria-label=${msg('Loading the model')}
        ></progress>
        ${msg(str`Loading the model, once: ${formatLoaded(encoder)}`)}
      </p>`;
    }
    return html`<p class="meaning">${describeMeaning(this)}</p>`;
  }

  private get own(): { cardKey: number } {
    return { cardKey: this.card.key };
  }

  private submit(): void {
    this.order.typing = false;
    fire(this, 'card-submitted', this.own);
    this.renderRoot.querySelector<HTMLElement>('lit-demo-classes')?.focus();
  }

  private leave(key: number, text: string): void {
    this.order.typing = false;
    if (text.trim() === '' && key !== draftOf(this.card)?.key) {
      fire(this, 'card-shortened', { ...this.own, promptKey: key });
    }
    this.requestUpdate();
  }

  private move(promptKey: number, place: number): void {
    const count = this.card.prompts.length - 1;
    if (place < 0 || place >= count) return;
    this.said = msg(str`Caption ${place + 1} of ${count}`);
    this.movedAt = this.answer;
    fire(this, 'card-reordered', { ...this.own, promptKey, place });
  }

  private shorten(promptKey: number, number: number): void {
    fire(this, 'card-shortened', { ...this.own, promptKey });
    void this.focusPrompt(number - 1);
  }

  /** Focuses the prompt at a place after the card has changed, or the last one before it. */
  private async focusPrompt(index: number): Promise<void> {
    // The change comes back as a new `card`, one update of the parent later.
    await new Promise(requestAnimationFrame);
    await this.updateComplete;
    const prompts = this.prompts;
    prompts[Math.min(index, prompts.length - 1)]?.focus();
  }
}
