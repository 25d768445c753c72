import { localized, msg, str } from '@lit/localize';
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import { classMap } from 'lit/directives/class-map.js';
import { fire } from './events';
import { formatPercent } from './format';
import { CLOSE, GRIP } from './icons';
import type { CaptionPart } from '../state/word-effects';
import './lit-demo-words';
import { editable } from './lit-demo-prompt.styles';
import { buttons, shared } from './shared-styles';

/**
 * An editable caption with its probability as a bar and a percentage.
 *
 * `data-probability` on the host is the probability in full; it is there only while it is current.
 *
 * @fires prompt-edited - `{text}`, at every change.
 * @fires prompts-pasted - `{texts}`: several lines were pasted into the draft.
 * @fires prompt-submitted - Enter was pressed.
 * @fires prompt-focused - The visitor is about to edit.
 * @fires prompt-left - The visitor goes elsewhere.
 * @fires prompt-removed - The prompt should go.
 * @fires prompt-moved - `{by}`: it should go so many places on, or back.
 * @fires prompt-grabbed - `{pointerId}`: it should go where that pointer goes.
 * @csspart bar - The bar.
 */
@localized()
@customElement('lit-demo-prompt')
export class LitDemoPrompt extends LitElement {
  static override styles = [shared, buttons, ...editable];

  @property() text = '';
  /** The language of the demo's texts, in which visitors are most likely to write. */
  @property({ attribute: false }) textLanguage = '';
  /** The caption's place in its card, from 1. */
  @property({ type: Number }) number = 1;
  /** Whether this is the box that invites a caption. */
  @property({ type: Boolean }) draft = false;
  /** Whether the visitor may put it at another place. */
  @property({ type: Boolean, reflect: true }) movable = false;
  /** Whether the text is not to be changed. */
  @property({ type: Boolean }) fixed = false;
  @property({ attribute: false }) probability: number | undefined;
  /** Whether there is nothing to compare with, so that a share would say nothing. */
  @property({ type: Boolean }) lone = false;
  /** Whether the probability is from before the last change. */
  @property({ type: Boolean, reflect: true }) stale = false;
  @property({ type: Boolean, reflect: true }) best = false;

  /** Where the words begin that the model did not read; undefined if it read all. */
  @property({ attribute: false }) unreadFrom: number | undefined;

  /** The caption in parts, if it is to be shown what each word adds. */
  @property({ attribute: false }) words: readonly CaptionPart[] | undefined;

  /** What the visitor should know of the answer to this caption; empty if nothing. */
  @property() note = '';

  @query('textarea') private readonly input!: HTMLTextAreaElement;

  override focus(): void {
    this.input.focus();
  }

  protected override render(): TemplateResult {
    const { best, draft, number } = this;
    const label = draft ? msg('Your caption') : msg(str`Caption ${number}`);
    return html`
      <div class=${classMap({ caption: true, best, draft })}>
        ${this.movable ? this.renderGrip() : nothing}
        <div
          class=${classMap({ text: true, partly: this.unreadFrom !== undefined })}
          data-text=${this.text}
        >
          ${this.renderUnread()}
          <textarea
            rows="1"
            dir=${this.text ? 'auto' : nothing}
            lang=${this.textLanguage || nothing}
            aria-label=${label}
            aria-describedby=${this.note ? 'note' : nothing}
            placeholder=${draft ? msg('Your caption…') : ''}
            enterkeyhint="go"
            autocapitalize="none"
            maxlength="1000"
            ?readonly=${this.fixed}
            .value=${this.text}
            @input=${this.onInput}
            @paste=${this.onPaste}
            @keydown=${this.onKeydown}
            @focus=${() => {
              fire(this, 'prompt-focused', null);
            }}
            @blur=${() => {
              fire(this, 'prompt-left', null);
            }}
          ></textarea>
        </div>
        ${this.renderAnswer()} ${draft || this.fixed ? nothing : this.renderRemove()}
        ${this.words ? html`<lit-demo-words .parts=${this.words}></lit-demo-words>` : nothing}
        ${this.note ? html`<p class="note" id="note">${this.note}</p>` : nothing}
      </div>
    `;
  }

  protected override updated(changed: PropertyValues<this>): void {
    const { probability } = this;
    // Set on the style object, since the page's policy forbids style attributes.
    if (changed.has('probability') || changed.has('lone')) {
      const fill = this.renderRoot.querySelector('rect');
      if (fill) fill.style.width = `${100 * (this.shown ?? 0)}%`;
    }
    if (probability === undefined || this.stale) delete this.dataset['probability'];
    else this.dataset['probability'] = String(probability);
  }

  private renderAnswer(): TemplateResult | typeof nothing {
    const { best, shown } = this;
    if (this.draft && shown === undefined) return nothing;
    const percent = shown === undefined ? undefined : formatPercent(shown);
    return html`<span class="value">
        ${best ? html`<span class="visually-hidden">${msg('Best match')}</span>` : nothing}
        ${percent ?? '–'}
      </span>
      <svg
        class="bar"
        part="bar"
        role="meter"
        aria-label=${this.draft ? msg('Share of your caption') : msg(str`Share of caption ${this.number}`)}
        aria-valuemin="0"
        aria-valuemax="1"
        aria-valuenow=${(shown ?? 0).toFixed(6)}
        aria-valuetext=${percent ?? msg('no answer yet')}
      >
        <rect rx="3"></rect>
      </svg>`;
  }

  /** The text once more behind its box, which cannot have two colours. */
  private renderUnread(): TemplateResult | typeof nothing {
    const { text, unreadFrom } = this;
    if (unreadFrom === undefined) return nothing;
    const unread = html`<span class="unread">${text.slice(unreadFrom)}</span>`;
    const parts = [text.slice(0, unreadFrom), unread];
    return html`<div class="read" dir="auto" aria-hidden="true">${parts}</div>`;
  }

  private renderGrip(): TemplateResult {
    return html`<button
      class="icon grip"
      type="button"
      title=${msg('Drag it, or use the arrow keys')}
      aria-label=${msg(str`Move caption ${this.number}`)}
      @pointerdown=${(event: PointerEvent) => {
        fire(this, 'prompt-grabbed', { pointerId: event.pointerId });
      }}
      @keydown=${this.onGripKey}
    >
      ${GRIP}
    </button>`;
  }

  private renderRemove(): TemplateResult {
    return html`<button
      class="icon remove"
      type="button"
      title=${msg('Remove this caption')}
      aria-label=${msg(str`Remove caption ${this.number}`)}
      @pointerdown=${(event: Event) => {
        // Else the text loses the focus, and the button is gone before it is clicked.
        event.preventDefault();
      }}
      @click=${() => {
        fire(this, 'prompt-removed', null);
      }}
    >
      ${CLOSE}
    </button>`;
  }

  private get shown(): number | undefined {
    return this.lone ? undefined : this.probability;
  }

  private onGripKey(event: KeyboardEvent): void {
    const by = ({ ArrowUp: -1, ArrowDown: 1 } as const)[event.key];
    if (by === undefined) return;
    event.preventDefault();
    fire(this, 'prompt-moved', { by });
  }

  private onInput(): void {
    // Line breaks come in by pasting; a prompt has one line.
    fire(this, 'prompt-edited', { text: this.input.value.replaceAll(/[\r\n]+/g, ' ') });
  }

  private onPaste(event: ClipboardEvent): void {
    const lines = event.clipboardData?.getData('text/plain').split(/[\r\n]+/) ?? [];
    const texts = lines.map((line) => line.trim()).filter((line) => line);
    if (!this.draft || texts.length < 2) return;
    event.preventDefault();
    fire(this, 'prompts-pasted', { texts });
  }

  private onKeydown(event: KeyboardEvent): void {
    if (event.key !== 'Enter' || event.isComposing) return;
    event.preventDefault();
    fire(this, 'prompt-submitted', null);
  }
}
