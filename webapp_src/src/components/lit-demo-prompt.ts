import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import { fire } from './events';
import { formatPercent } from './format';
import { CHECK, CLOSE } from './icons';
import { buttons, shared } from './shared-styles';

/**
 * An editable prompt with its probability as a bar and a percentage.
 *
 * `data-probability` on the host is the probability in full; it is there only while it is current.
 *
 * @fires prompt-edited - `{text}`, at every change.
 * @fires prompt-submitted - Enter was pressed.
 * @fires prompt-focused - The visitor is about to edit.
 * @fires prompt-removed - The prompt should go.
 * @csspart bar - The bar.
 */
@customElement('lit-demo-prompt')
export class LitDemoPrompt extends LitElement {
  static override styles = [
    shared,
    buttons,
    css`
      :host {
        display: grid;
        grid-template:
          'text text remove' auto
          'bar value value' auto
          'note note note' auto
          / minmax(0, 1fr) auto var(--target);
        align-items: center;
        column-gap: 0.25rem;
      }

      /* The card's column of prompts is the container. */
      @container (min-width: 30rem) {
        :host {
          grid-template:
            'text value remove' auto
            'bar bar .' auto
            'note note .' auto
            / minmax(0, 1fr) auto var(--target);
        }
      }

      /* The text is also laid out by a hidden twin, which makes the box as tall as it needs. */
      .text {
        grid-area: text;
        display: grid;
        min-width: 0;
      }

      .text::after {
        content: attr(data-text) ' ';
        visibility: hidden;
      }

      textarea,
      .text::after {
        grid-area: 1 / 1;
        min-height: var(--target);
        padding: 0.55rem 0.75rem;
        border: 1px solid var(--edge);
        border-radius: var(--round);
        font: inherit;
        line-height: 1.45;
        white-space: pre-wrap;
        overflow-wrap: anywhere;
      }

      textarea {
        width: 100%;
        margin: 0;
        overflow: hidden;
        background: var(--field);
        color: var(--text);
        resize: none;
      }

      textarea::placeholder {
        color: var(--muted);
        opacity: 1;
      }

      textarea:hover {
        border-color: var(--text);
      }

      .value {
        grid-area: value;
        display: flex;
        align-items: center;
        justify-content: flex-end;
        gap: 0.15rem;
        width: 6.4rem;
        color: var(--muted);
        font-variant-numeric: tabular-nums;
        white-space: nowrap;
      }

      .bar {
        grid-area: bar;
        height: 0.5rem;
        margin: 0.35rem 0;
        overflow: hidden;
        border-radius: 1rem;
        background: var(--track);
      }

      button {
        grid-area: remove;
      }

      .note {
        grid-area: note;
        margin: 0;
        color: var(--muted);
        font-size: 0.875rem;
      }

      .fill {
        width: 100%;
        height: 100%;
        border-radius: inherit;
        background: var(--bar);
        transform: translateX(-100%);
        transition: transform 350ms cubic-bezier(0.2, 0.7, 0.2, 1);
      }

      :host([best]) textarea {
        border-color: var(--accent);
        box-shadow: inset 0 0 0 1px var(--accent);
        font-weight: 600;
      }

      :host([best]) .text::after {
        font-weight: 600;
      }

      :host([best]) .value {
        color: var(--accent);
        font-weight: 700;
      }

      :host([best]) .fill {
        background: var(--accent);
      }

      :host([stale]) .value {
        font-style: italic;
      }

      :host([stale]) .bar {
        opacity: 0.45;
      }

      @media (forced-colors: active) {
        .bar {
          border: 1px solid CanvasText;
        }

        .fill {
          background: CanvasText;
          forced-color-adjust: none;
        }

        :host([best]) .fill {
          background: Highlight;
        }
      }

      @media (prefers-reduced-motion: reduce) {
        .fill {
          transition: none;
        }
      }
    `,
  ];

  @property() text = '';
  /** The prompt's place in its card, from 1. */
  @property({ type: Number }) number = 1;
  @property({ attribute: false }) probability: number | undefined;
  /** Whether the probability is from before the last change. */
  @property({ type: Boolean, reflect: true }) stale = false;
  @property({ type: Boolean, reflect: true }) best = false;

  /** What the visitor should know of the answer to this prompt; empty if nothing. */
  @property() note = '';

  @query('textarea') private readonly input!: HTMLTextAreaElement;
  @query('.fill') private readonly fill!: HTMLElement;

  override focus(): void {
    this.input.focus();
  }

  protected override render(): TemplateResult {
    const { probability, number } = this;
    const percent = probability === undefined ? undefined : formatPercent(probability);
    return html`
      <div class="text" data-text=${this.text}>
        <textarea
          rows="1"
          aria-label="Prompt ${number}"
          aria-describedby=${this.note ? 'note' : nothing}
          placeholder="Describe the picture"
          enterkeyhint="go"
          autocapitalize="none"
          maxlength="1000"
          .value=${this.text}
          @input=${this.onInput}
          @keydown=${this.onKeydown}
          @focus=${this.onFocus}
        ></textarea>
      </div>
      <span class="value">
        ${this.best ? html`${CHECK}<span class="visually-hidden">Best match</span>` : nothing}
        ${percent ?? '–'}
      </span>
      <button
        class="icon"
        type="button"
        title="Remove"
        aria-label="Remove prompt ${number}"
        @click=${this.onRemove}
      >
        ${CLOSE}
      </button>
      <div
        class="bar"
        part="bar"
        role="meter"
        aria-label="Probability of prompt ${number}"
        aria-valuemin="0"
        aria-valuemax="1"
        aria-valuenow=${(probability ?? 0).toFixed(6)}
        aria-valuetext=${percent ?? 'not computed'}
      >
        <div class="fill"></div>
      </div>
      ${this.note ? html`<p class="note" id="note">${this.note}</p>` : nothing}
    `;
  }

  protected override updated(changed: PropertyValues<this>): void {
    const { probability } = this;
    // Set on the style object, since the page's policy forbids style attributes.
    if (changed.has('probability')) {
      this.fill.style.transform = `translateX(${100 * ((probability ?? 0) - 1)}%)`;
    }
    if (probability === undefined || this.stale) delete this.dataset['probability'];
    else this.dataset['probability'] = String(probability);
  }

  private onInput(): void {
    // Line breaks come in by pasting; a prompt has one line.
    fire(this, 'prompt-edited', { text: this.input.value.replaceAll(/[\r\n]+/g, ' ') });
  }

  private onKeydown(event: KeyboardEvent): void {
    if (event.key !== 'Enter' || event.isComposing) return;
    event.preventDefault();
    fire(this, 'prompt-submitted', null);
  }

  private onFocus(): void {
    fire(this, 'prompt-focused', null);
  }

  private onRemove(): void {
    fire(this, 'prompt-removed', null);
  }
}
