import { localized, msg } from '@lit/localize';
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { localizeSentence } from '../localization/language';
import { fire } from './events';
import { buttons, shared } from './shared-styles';
import type { LoadStatus } from '../inference/functions/function-controller';

/**
 * How far functions have loaded; empty once they are ready.
 *
 * @fires retry-requested - What failed should be tried again.
 */
@localized()
@customElement('lit-demo-loading')
export class LitDemoLoading extends LitElement {
  static override styles = [
    shared,
    buttons,
    css`
      p {
        margin: 0 0 0.5rem;
        color: var(--muted);
      }

      progress {
        width: min(100%, 24rem);
        height: 0.5rem;
        accent-color: var(--accent);
      }
    `,
  ];

  @property({ attribute: false }) status: LoadStatus = { status: 'loading', loaded: 0, total: 0 };

  protected override render(): TemplateResult {
    return html`
      <p role="status">${describe(this.status)}</p>
      ${this.renderRest()}
    `;
  }

  private renderRest(): TemplateResult | typeof nothing {
    const { status } = this;
    if (status.status === 'loading') {
      return html`<progress
        max=${status.total || 1}
        .value=${status.loaded}
        aria-label=${msg('Loading the model')}
      ></progress>`;
    }
    if (status.status === 'ready') return nothing;
    return html`<button
      type="button"
      @click=${() => {
        fire(this, 'retry-requested', null);
      }}
    >
      ${msg('Try again')}
    </button>`;
  }
}

function describe(status: LoadStatus): string {
  switch (status.status) {
    case 'loading':
      if (status.total === 0 || status.loaded < status.total) return msg('Loading the model…');
      return msg('Comparing this browser’s answers with JAX’s…');
    case 'ready':
      return '';
    case 'failed':
      return `${msg('The model could not be loaded.')} ${localizeSentence(status.message)}`;
  }
}
