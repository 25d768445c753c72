import { localized, msg } from '@lit/localize';
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { Message } from '../state/messages';
import { fire } from './events';
import { CLOSE } from './icons';
import { buttons, shared } from './shared-styles';

/**
 * Warnings and errors, read out as they come and shown until dismissed.
 *
 * @fires message-dismissed - `{messageKey}`
 * @fires retry-requested - What failed should be tried again.
 * @fires undo-requested - What was removed should come back.
 * @fires reload-requested - The page should be shown as the site has it now.
 */
@localized()
@customElement('lit-demo-messages')
export class LitDemoMessages extends LitElement {
  static override styles = [
    shared,
    buttons,
    css`
      :host {
        display: grid;
        justify-items: center;
        padding-block-end: max(0.75rem, env(safe-area-inset-bottom));
        pointer-events: none;
      }

      [role] {
        display: contents;
      }

      .message {
        display: flex;
        align-items: center;
        gap: 0.5rem;
        width: min(100%, 44rem);
        margin-top: 0.5rem;
        padding: 0.5rem;
        padding-inline-start: 1rem;
        border: 1px solid var(--edge);
        border-inline-start: 0.4rem solid var(--edge);
        border-radius: var(--round);
        background: var(--surface);
        box-shadow: var(--shadow-strong);
        pointer-events: auto;
      }

      .warning {
        border-inline-start-color: var(--warning);
      }

      .error {
        border-inline-start-color: var(--error);
      }

      @media print {
        :host {
          display: none;
        }
      }

      p {
        flex: 1;
        margin: 0;
        overflow-wrap: anywhere;
      }
    `,
  ];

  @property({ attribute: false }) messages: readonly Message[] = [];

  protected override render(): TemplateResult {
    return html`
      <div role="status">${this.renderMessages(({ kind }) => kind !== 'error')}</div>
      <div role="alert">${this.renderMessages(({ kind }) => kind === 'error')}</div>
    `;
  }

  private renderMessages(isShown: (message: Message) => boolean): unknown {
    return repeat(
      this.messages.filter(isShown),
      ({ key }) => key,
      ({ key, kind, text, offer }) => html`
        <div class="message ${kind}">
          <p>
            <span class="visually-hidden">${kind === 'error' ? msg('Error:') : msg('Note:')} </span
            >${text}
          </p>
          ${offer === 'retry' ? this.renderOffer(msg('Try again'), 'retry-requested') : nothing}
          ${offer === 'undo' ? this.renderOffer(msg('Undo'), 'undo-requested') : nothing}
          ${offer === 'reload' ? this.renderOffer(msg('Show it'), 'reload-requested') : nothing}
          <button
            type="button"
            class="icon"
            aria-label=${msg('Dismiss')}
            title=${msg('Dismiss')}
            @click=${() => {
              fire(this, 'message-dismissed', { messageKey: key });
            }}
          >
            ${CLOSE}
          </button>
        </div>
      `,
    );
  }

  private renderOffer(
    label: string,
    event: 'retry-requested' | 'undo-requested' | 'reload-requested',
  ): TemplateResult {
    return html`<button
      type="button"
      @click=${() => {
        fire(this, event, null);
      }}
    >
      ${label}
    </button>`;
  }
}
