import { msg } from '@lit/localize';
import { html, type TemplateResult } from 'lit';
import { CLOSE } from './icons';

/** The button in the corner of a dialog. */
export function renderClose(close: () => void): TemplateResult {
  return html`<button
    type="button"
    class="icon"
    aria-label=${msg('Close')}
    title=${msg('Close')}
    @click=${close}
  >
    ${CLOSE}
  </button>`;
}
