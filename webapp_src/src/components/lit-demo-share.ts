import { localized, msg } from '@lit/localize';
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { formatFragment, type LinkState } from '../state/link';
import { SHARE } from './icons';
import './lit-demo-embed-code';
import { buttons, fields, shared } from './shared-styles';

/**
 * A button that hands on a link to what the page shows: with the system's sharing dialog, else the
 * clipboard, else in a field to copy from. Beside it, one for the code that shows it on another page.
 */
@localized()
@customElement('lit-demo-share')
export class LitDemoShare extends LitElement {
  static override styles = [
    shared,
    buttons,
    fields,
    css`
      :host {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0 0.5rem;
        min-width: 0;
      }

      p,
      input {
        margin: 0;
      }

      p {
        color: var(--muted);
        font-size: 0.9375rem;
      }

      input {
        flex: 1;
        width: 16rem;
        min-width: 8rem;
      }
    `,
  ];

  /** What the page shows. */
  @property({ attribute: false }) shared: LinkState = { modelId: undefined, cards: [] };

  @state() private outcome: 'none' | 'copied' | 'shown' = 'none';

  @query('input') private readonly field!: HTMLInputElement | null;

  protected override render(): TemplateResult {
    return html`
      <button type="button" @click=${this.share}>${SHARE}${msg('Share')}</button>
      <lit-demo-embed-code .shared=${this.shared}></lit-demo-embed-code>
      <p role="status">${this.outcome === 'copied' ? msg('Link copied.') : ''}</p>
      ${
        this.outcome === 'shown'
          ? html`<input
              class="field"
              readonly
              aria-label=${msg('Link to this page')}
              .value=${this.link}
            />`
          : nothing
      }
    `;
  }

  private get link(): string {
    return new URL(formatFragment(this.shared), location.href).href;
  }

  private async share(): Promise<void> {
    const { link } = this;
    this.outcome = 'none';
    try {
      if ('share' in navigator) await navigator.share({ title: document.title, url: link });
      else await this.copy(link);
    } catch (error) {
      // The visitor closed the dialog.
      if ((error as Error).name === 'AbortError') return;
      this.outcome = 'shown';
      await this.updateComplete;
      this.field?.select();
    }
  }

  private async copy(link: string): Promise<void> {
    await navigator.clipboard.writeText(link);
    this.outcome = 'copied';
  }
}
