import { localized, msg } from '@lit/localize';
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { fire } from './events';
import { CLOSE } from './icons';
import { buttons, fields, row, shared } from './shared-styles';

/**
 * A box for a sentence by which pictures are looked for, and what they are in the order of.
 *
 * @fires find-edited - `{text}`, at every change.
 * @fires find-submitted - Enter was pressed: it is wanted now.
 * @fires find-cleared - The author's order is wanted.
 * @fires prompt-focused - The visitor is about to type.
 */
@localized()
@customElement('lit-demo-finder')
export class LitDemoFinder extends LitElement {
  static override styles = [
    shared,
    buttons,
    fields,
    row,
    css`
      input {
        /* On phones, what stands beside it goes below. */
        flex: 1 1 20rem;
        max-width: 28rem;
        padding: 0.25rem 0.75rem;
      }

      p {
        margin: 0;
        color: var(--muted);
        font-size: 0.875rem;
      }

      /* Not hidden: it must be there for what comes into it to be read out. */
      p:empty {
        margin-inline-start: -0.75rem;
      }
    `,
  ];

  @property() text = '';
  /** Whether pictures are looked for that are like another one. */
  @property({ type: Boolean }) like = false;
  /** Whether pictures are in the order that was asked for. */
  @property({ type: Boolean }) ranked = false;
  /** Whether there is no encoder to read a sentence. */
  @property({ type: Boolean }) mute = false;

  protected override render(): TemplateResult {
    return html`
      ${
        this.mute
          ? nothing
          : html`<input
              class="field"
              type="text"
              dir=${this.text ? 'auto' : nothing}
              aria-label=${msg('Find pictures by a sentence')}
              placeholder=${msg('Find a picture…')}
              maxlength="1000"
              enterkeyhint="search"
              .value=${this.text}
              @focus=${() => {
                fire(this, 'prompt-focused', null);
              }}
              @input=${({ target }: Event) => {
                fire(this, 'find-edited', { text: (target as HTMLInputElement).value });
              }}
              @keydown=${({ key, isComposing }: KeyboardEvent) => {
                if (key === 'Enter' && !isComposing) fire(this, 'find-submitted', null);
              }}
            />`
      }
      <p role="status">${this.describeOrder()}</p>
      ${
        this.text || this.like
          ? html`<button
              type="button"
              class="quiet"
              @click=${() => {
                fire(this, 'find-cleared', null);
              }}
            >
              ${CLOSE}${msg('Clear')}
            </button>`
          : nothing
      }
    `;
  }

  private describeOrder(): string {
    if (!this.ranked) return '';
    return this.like ? msg('Most alike first') : msg('Best fit first');
  }
}
