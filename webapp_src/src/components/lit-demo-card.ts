import { localized, msg, str } from '@lit/localize';
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { Image, Model, PromptSet } from '../generated/manifest';
import type { EncoderStatus } from '../inference/encoder-status';
import type { Remarks } from '../inference/scoring';
import { bestPrompt, fitsNone, NO_ANSWER, rankPrompts, type Answer } from '../state/answers';
import {
  draftOf,
  scoredFields,
  showsPrompts,
  templateOf,
  type Card,
  type PromptField,
} from '../state/cards';
import { NO_RANKING, type ClassRanking } from '../state/classification';
import type { CaptionPart } from '../state/word-effects';
import { currentLanguage } from '../localization/language';
import { isForeign, listLanguages } from '../localization/scripts';
import { fire, type DemoEvent } from './events';
import { formatLoaded, formatPercent } from './format';
import { COLUMNS, CLOSE, PICTURES, RESET, WORDS } from './icons';
import { layout } from './lit-demo-card.styles';
import type { DrawnCaption } from './answer-image';
import './lit-demo-classes';
import './lit-demo-picture';
import './lit-demo-snapshot';
import './lit-demo-prompt';
import './lit-demo-sets';
import type { LitDemoPrompt } from './lit-demo-prompt';
import { Moves } from './moves';
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

  @query('lit-demo-picture') private readonly picture!: HTMLElement;

  /** The keys of the captions in the order in which they were shown last. */
  private order: readonly number[] = [];
  /** Whether the visitor is in the middle of a caption, which must then stay where it is. */
  private typing = false;
  private readonly moves = new Moves();
  /** What was said of the last answer; it stays while the next is computed, so that only news is read out. */
  private said = '';
  /** What had the focus before the captions were put in order. */
  private focused: Element | null = null;

  /** Moves to the card's picture, where reading it begins. */
  override focus(): void {
    this.picture.focus();
  }

  /** Moves to the box that invites. */
  invite(): void {
    this.prompts().at(-1)?.focus();
  }

  protected override willUpdate(): void {
    const shown = this.ranked ? this.order : [];
    if (this.ranked && this.answer.state === 'current' && !this.typing) {
      this.order = rankPrompts(this.card.prompts, this.answer);
    } else {
      this.order = keepOrder(this.card.prompts, shown);
    }
    if (this.answer.state === 'current') this.said = this.describeAnswer();
    this.moves.note(this.prompts());
    this.focused = this.shadowRoot?.activeElement ?? null;
  }

  protected override render(): TemplateResult {
    const draft = draftOf(this.card);
    const listed = this.order.flatMap(
      (key) => this.card.prompts.find((field) => field.key === key && field !== draft) ?? [],
    );
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
          <ol>
            ${this.none ? html`<li class="none">${msg('None of these fits well')}</li>` : nothing}
            ${repeat(
              listed,
              ({ key }) => key,
              (field, index) => html`<li>${this.renderPrompt(field, index + 1)}</li>`,
            )}
          </ol>
          ${draft && this.encoder.status !== 'absent' ? this.renderPrompt(draft, 0) : nothing}
          ${templateOf(this.card) === undefined ? nothing : this.renderClasses()}
          ${this.renderMeaning()}
          <p class="visually-hidden" role="status">${this.said}</p>
          <div class="tools" part="tools">
            ${this.sets.length ? this.renderSets() : nothing}
            ${this.renderTool(msg('Reset'), msg('Reset captions'), RESET, 'card-reset')}
            ${this.encoder.status === 'absent' ? nothing : this.renderTool(this.words.size ? msg('Hide words') : msg('Which words matter?'), msg('What each word adds'), WORDS, 'words-toggled')}
            <button
              type="button"
              class="quiet"
              @click=${() => {
                fire(this, 'like-requested', { imageId: this.image.id });
              }}
            >
              ${PICTURES}${msg('More like this')}
            </button>
            <lit-demo-snapshot
              .image=${this.image}
              .captions=${this.describeCaptions()}
            ></lit-demo-snapshot>
            ${this.renderTool(msg('Side by side'), msg('Side by side with another picture'), COLUMNS, 'card-duplicated')}
            ${this.removable ? this.renderTool(msg('Close'), msg('Close this picture'), CLOSE, 'card-removed') : nothing}
          </div>
        </div>
      </article>
    `;
  }

  protected override updated(changed: PropertyValues<this>): void {
    this.dataset['state'] = this.answer.state;
    const same =
      changed.get('card')?.key === undefined || changed.get('card')?.key === this.card.key;
    if (same) this.moves.play(this.prompts());
    // An element that is put elsewhere loses the focus.
    const prompts = this.prompts();
    const focused = prompts.find((prompt) => prompt === this.focused);
    if (focused !== this.shadowRoot?.activeElement) focused?.focus();
  }

  private prompts(): LitDemoPrompt[] {
    return [...this.renderRoot.querySelectorAll<LitDemoPrompt>('lit-demo-prompt')];
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
      .probability=${own?.probability}
      .lone=${this.lone}
      .words=${this.words.get(key)}
      .unreadFrom=${own?.remarks.unreadFrom}
      .note=${own ? this.describeScore(own.text, own.remarks) : ''}
      .stale=${!current}
      .best=${current && !this.lone && !this.none && bestPrompt(answer) === key}
      @prompt-edited=${(event: DemoEvent<'prompt-edited'>) => {
        this.typing = true;
        fire(this, 'card-edited', { ...this.own, promptKey: key, text: event.detail.text });
      }}
      @prompt-submitted=${this.submit}
      @prompts-pasted=${({ detail }: DemoEvent<'prompts-pasted'>) => {
        fire(this, 'card-extended', { ...this.own, ...detail });
      }}
      @prompt-left=${() => {
        this.leave(key, text);
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

  private renderSets(): TemplateResult {
    return html`<lit-demo-sets
      .names=${this.sets.map(({ name }) => name)}
      .chosen=${this.sets.find((set) => showsPrompts(this.card, set))?.name}
      .own=${showsPrompts(this.card, this.image)}
      .textLanguage=${this.textLanguage}
      @own-chosen=${() => {
        fire(this, 'card-reset', this.own);
      }}
      @name-chosen=${({ detail }: DemoEvent<'name-chosen'>) => {
        fire(this, 'set-chosen', { ...this.own, name: detail.name });
      }}
    ></lit-demo-sets>`;
  }

  private renderTool(
    text: string,
    title: string,
    icon: unknown,
    event: 'card-reset' | 'card-duplicated' | 'card-removed' | 'words-toggled',
  ): TemplateResult {
    return html`<button
      type="button"
      class="quiet"
      title=${title}
      @click=${() => {
        fire(this, event, this.own);
      }}
    >
      ${icon}${text}
    </button>`;
  }

  /** The captions as an image shows them. */
  private describeCaptions(): DrawnCaption[] {
    const { answer, card } = this;
    return rankPrompts(scoredFields(card), answer).flatMap((key) => {
      const score = answer.scores.get(key);
      if (!score) return [];
      const best = !this.lone && !this.none && bestPrompt(answer) === key;
      const probability = this.lone ? undefined : score.probability;
      return [{ text: score.text, probability, best }];
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
    return html`<p class="meaning">${this.describeMeaning()}</p>`;
  }

  private describeMeaning(): string {
    const { answer, encoder } = this;
    if (answer.state === 'computing' && encoder.status === 'preparing') return msg('Almost ready…');
    if (encoder.status === 'absent') return msg('This model answers these examples only.');
    if (scoredFields(this.card).length === 0)
      return msg('Describe the picture, rightly or wrongly.');
    if (this.lone) return msg('One caption alone has nothing to compare with: add another.');
    if (this.none) {
      return msg('Shares among these, though all fit no better than captions of other pictures.');
    }
    return this.scoring === 'softmax'
      ? msg('Shares among these captions, not certainty. Can you fool it?')
      : msg('How well each caption fits on its own, as the model sees it. Can you fool it?');
  }

  private describeAnswer(): string {
    const { answer, card } = this;
    if (this.lone) return '';
    if (this.none) return msg('None of these fits well');
    const best = card.prompts.find(({ key }) => key === bestPrompt(answer));
    const score = best && answer.scores.get(best.key);
    return score ? msg(str`Best match: “${score.text}”, ${formatPercent(score.probability)}`) : '';
  }

  private describeScore(text: string, { cutShort, percentile, unreadFrom }: Remarks): string {
    const compared =
      percentile !== undefined && (this.detailed || this.lone)
        ? describePercentile(percentile)
        : '';
    const vague = cutShort
      ? msg('This demo does not know some of these words, so the full model may answer otherwise.')
      : '';
    const unread =
      unreadFrom === undefined
        ? ''
        : msg(str`Too long: the model did not read “${text.slice(unreadFrom).trim()}”.`);
    const foreign = isForeign(text, this.languages)
      ? msg(str`This model was trained on ${listLanguages(this.languages)}.`)
      : '';
    return [foreign, unread, vague, compared].filter((sentence) => sentence).join(' ');
  }

  /** Whether no caption fits, where each is only compared with the others. */
  private get none(): boolean {
    return this.scoring === 'softmax' && !this.lone && fitsNone(this.answer);
  }

  /** A share among captions says nothing where there is only one. */
  private get lone(): boolean {
    return this.scoring === 'softmax' && scoredFields(this.card).length === 1;
  }

  private get own(): { cardKey: number } {
    return { cardKey: this.card.key };
  }

  private submit(): void {
    this.typing = false;
    fire(this, 'card-submitted', this.own);
    this.renderRoot.querySelector<HTMLElement>('lit-demo-classes')?.focus();
  }

  private leave(key: number, text: string): void {
    this.typing = false;
    if (text.trim() === '' && key !== draftOf(this.card)?.key) {
      fire(this, 'card-shortened', { ...this.own, promptKey: key });
    }
    this.requestUpdate();
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
    const prompts = this.prompts();
    prompts[Math.min(index, prompts.length - 1)]?.focus();
  }
}

function describePercentile(percentile: number): string {
  return percentile < 100
    ? msg(str`Fits better than ${formatPercent(percentile / 100)} of captions of other pictures.`)
    : msg('Fits better than all captions of other pictures.');
}

/** The order as it was, without what has gone, and with what has come at the end. */
function keepOrder(prompts: readonly PromptField[], order: readonly number[]): number[] {
  const present = prompts.map(({ key }) => key);
  const kept = order.filter((key) => present.includes(key));
  return [...kept, ...present.filter((key) => !kept.includes(key))];
}
