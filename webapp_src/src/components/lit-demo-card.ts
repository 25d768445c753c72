import { css, html, LitElement, type TemplateResult } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { Image } from '../generated/manifest';
import type { EncoderStatus } from '../inference/encoder-status';
import { bestPrompt, NO_ANSWER, type Answer } from '../state/answers';
import type { Card, PromptField } from '../state/cards';
import { fire, type DemoEvent } from './events';
import { formatPercent } from './format';
import { COPY, CLOSE, PLUS, RESET } from './icons';
import './lit-demo-picture';
import './lit-demo-prompt';
import { buttons, shared } from './shared-styles';

const CUT_SHORT =
  'Some of this is not in the vocabulary that this demo has kept, so the full model may answer otherwise.';

/**
 * A picture with the prompts that are compared on it.
 *
 * `data-state` on the host is the answer's: stale, computing or current.
 *
 * @fires card-edited - `{cardKey, promptKey, text}`
 * @fires card-shortened - `{cardKey, promptKey}`: a prompt should go.
 * @fires card-extended - `{cardKey}`: a blank prompt should be added.
 * @fires card-reset - `{cardKey}`: the example prompts should come back.
 * @fires card-submitted - `{cardKey}`: the prompts should be computed.
 * @fires card-duplicated - `{cardKey}`
 * @fires card-removed - `{cardKey}`
 */
@customElement('lit-demo-card')
export class LitDemoCard extends LitElement {
  static override styles = [
    shared,
    buttons,
    css`
      :host {
        display: block;
        container-type: inline-size;
        scroll-margin: 1rem;
      }

      article {
        display: grid;
        gap: 1rem;
        padding: clamp(0.75rem, 3cqi, 1.5rem);
        border: 1px solid var(--line);
        border-radius: calc(2 * var(--round));
        background: var(--surface);
        box-shadow: var(--shadow);
      }

      @container (min-width: 42rem) {
        article {
          grid-template-columns: minmax(14rem, 21rem) minmax(0, 1fr);
          gap: 1.5rem;
        }
      }

      .prompts {
        container-type: inline-size;
        display: flex;
        flex-direction: column;
        gap: 0.75rem;
      }

      ol {
        display: grid;
        gap: 0.75rem;
        margin: 0;
        padding: 0;
        list-style: none;
      }

      .bar {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0.5rem;
      }

      .tools {
        display: flex;
        margin-left: auto;
      }

      .state {
        min-height: 1.5em;
        margin: 0;
        color: var(--muted);
        font-size: 0.9375rem;
      }
    `,
  ];

  @property({ attribute: false }) card!: Card;
  @property({ attribute: false }) image!: Image;
  @property({ attribute: false }) answer: Answer = NO_ANSWER;
  /** What computing may be waiting for. */
  @property({ attribute: false }) encoder: EncoderStatus = { status: 'idle' };
  /** A picture that failed is loaded anew when this changes. */
  @property({ attribute: false }) attempt = 0;

  @query('lit-demo-picture') private readonly picture!: HTMLElement;

  /** Moves to the card's picture, where reading it begins. */
  override focus(): void {
    this.picture.focus();
  }

  protected override render(): TemplateResult {
    const { prompts } = this.card;
    return html`
      <article aria-label=${this.image.description}>
        <lit-demo-picture .image=${this.image} .attempt=${this.attempt}></lit-demo-picture>
        <div class="prompts">
          <ol>
            ${repeat(
              prompts,
              ({ key }) => key,
              (field, index) => html`<li>${this.renderPrompt(field, index + 1)}</li>`,
            )}
          </ol>
          <p class="state" role="status">${this.describeState()}</p>
          <div class="bar">
            <button
              type="button"
              class=${this.answer.state === 'current' ? '' : 'primary'}
              @click=${this.submit}
            >
              Compute
            </button>
            <button type="button" @click=${this.extend}>${PLUS}Add prompt</button>
            <div class="tools">
              ${this.renderTool('Reset to the example prompts', RESET, 'card-reset')}
              ${this.renderTool('Duplicate card', COPY, 'card-duplicated')}
              ${this.renderTool('Remove card', CLOSE, 'card-removed')}
            </div>
          </div>
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
      .text=${text}
      .number=${number}
      .probability=${own?.probability}
      .note=${own?.cutShort ? CUT_SHORT : ''}
      .stale=${!current}
      .best=${current && bestPrompt(answer) === key}
      @prompt-edited=${(event: DemoEvent<'prompt-edited'>) => {
        fire(this, 'card-edited', { ...this.own, promptKey: key, text: event.detail.text });
      }}
      @prompt-submitted=${this.submit}
      @prompt-removed=${() => {
        this.shorten(key);
      }}
    ></lit-demo-prompt>`;
  }

  private renderTool(
    label: string,
    icon: unknown,
    event: 'card-reset' | 'card-duplicated' | 'card-removed',
  ): TemplateResult {
    return html`<button
      type="button"
      class="icon"
      title=${label}
      aria-label=${label}
      @click=${() => {
        fire(this, event, this.own);
      }}
    >
      ${icon}
    </button>`;
  }

  private describeState(): string {
    const { answer, card } = this;
    if (answer.state === 'computing') {
      const waiting = this.encoder.status === 'loading' || this.encoder.status === 'preparing';
      return waiting ? 'Waiting for the text encoder…' : 'Computing…';
    }
    if (answer.state === 'stale') {
      return this.encoder.status === 'absent'
        ? 'This model answers its example prompts only.'
        : 'Edited. Compute to see the answer.';
    }
    const best = card.prompts.find(({ key }) => key === bestPrompt(answer));
    const score = best && answer.scores.get(best.key);
    if (!score) return 'Type a prompt to compare with the picture.';
    return `Best match: “${score.text}”, ${formatPercent(score.probability)}`;
  }

  private get own(): { cardKey: number } {
    return { cardKey: this.card.key };
  }

  private submit(): void {
    fire(this, 'card-submitted', this.own);
  }

  private extend(): void {
    fire(this, 'card-extended', this.own);
    void this.focusPrompt(this.card.prompts.length);
  }

  private shorten(promptKey: number): void {
    const index = this.card.prompts.findIndex(({ key }) => key === promptKey);
    fire(this, 'card-shortened', { ...this.own, promptKey });
    void this.focusPrompt(index);
  }

  /** Focuses the prompt at a place after the card has changed, or the last one before it. */
  private async focusPrompt(index: number): Promise<void> {
    // The change comes back as a new `card`, one update of the parent later.
    await new Promise(requestAnimationFrame);
    await this.updateComplete;
    const prompts = [...this.renderRoot.querySelectorAll<HTMLElement>('lit-demo-prompt')];
    const prompt = prompts[Math.min(index, prompts.length - 1)];
    if (prompt) prompt.focus();
    else this.renderRoot.querySelector<HTMLElement>('.bar button')?.focus();
  }
}
