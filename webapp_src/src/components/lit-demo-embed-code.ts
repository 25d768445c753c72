import { localized, msg, str } from '@lit/localize';
import { css, html, LitElement, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { writeElements, writeFrame } from '../state/embed-code';
import type { LinkState } from '../state/link';
import { renderClose } from './close-button';
import { CODE, COPY } from './icons';
import { buttons, fields, shared } from './shared-styles';

/** A button that opens a dialog with the code that shows on another page what this one shows. */
@localized()
@customElement('lit-demo-embed-code')
export class LitDemoEmbedCode extends LitElement {
  static override styles = [
    shared,
    buttons,
    fields,
    css`
      dialog {
        width: min(40rem, 100vw - 1.5rem);
        padding: 1.25rem;
        border: 1px solid var(--edge);
        border-radius: calc(2 * var(--round));
        background: var(--surface);
        color: var(--text);
        box-shadow: var(--shadow-strong);
      }

      .head,
      .copy {
        display: flex;
        gap: 0.75rem;
        align-items: center;
        justify-content: space-between;
      }

      h2 {
        margin: 0;
        font: 600 1.25rem/1.2 var(--serif);
      }

      label {
        display: block;
        margin: 0.75rem 0 0.25rem;
        font-weight: 550;
      }

      textarea {
        width: 100%;
        font:
          0.8125rem/1.5 ui-monospace,
          monospace;
        resize: vertical;
      }

      .copy {
        justify-content: start;
        margin-top: 0.25rem;
      }

      [role='status'] {
        margin: 0;
        color: var(--muted);
        font-size: 0.9375rem;
      }
    `,
  ];

  @property({ attribute: false }) shared: LinkState = { modelId: undefined, cards: [] };

  /** The id of the field that was copied last, and how that went. */
  @state() private copied: { readonly id: string; readonly outcome: string } | undefined;

  @query('dialog') private readonly dialog!: HTMLDialogElement;

  protected override render(): TemplateResult {
    const { href } = location;
    return html`
      <button type="button" aria-haspopup="dialog" @click=${this.open}>
        ${CODE}${msg('Embed')}
      </button>
      <dialog aria-labelledby="title">
        <div class="head">
          <h2 id="title">${msg('Show this on another page')}</h2>
          ${renderClose(() => {
            this.dialog.close();
          })}
        </div>
        ${this.renderCode('element', msg('As a part of that page'), writeElements(href, this.shared))}
        ${this.renderCode('frame', msg('In a frame'), writeFrame(href, this.shared, document.title))}
      </dialog>
    `;
  }

  private renderCode(id: string, label: string, code: string): TemplateResult {
    const outcome = this.copied?.id === id ? this.copied.outcome : '';
    return html`
      <label for=${id}>${label}</label>
      <textarea
        class="field"
        id=${id}
        rows="4"
        readonly
        spellcheck="false"
        .value=${code}
      ></textarea>
      <div class="copy">
        <button
          type="button"
          aria-label=${msg(str`Copy: ${label}`)}
          @click=${() => this.copy(id, code)}
        >
          ${COPY}${msg('Copy')}
        </button>
        <p role="status">${outcome}</p>
      </div>
    `;
  }

  private open(): void {
    this.copied = undefined;
    this.dialog.showModal();
  }

  private async copy(id: string, code: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(code);
      this.copied = { id, outcome: msg('Copied.') };
    } catch {
      // The browser does not allow it, so the visitor copies what is selected.
      this.renderRoot.querySelector<HTMLTextAreaElement>(`#${id}`)?.select();
      this.copied = { id, outcome: msg('Selected: copy it with the keyboard.') };
    }
  }
}
