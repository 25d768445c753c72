import { localized, msg, str } from '@lit/localize';
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import type { EncoderStatus } from '../inference/encoder-status';
import type { OwnPicturesState } from '../state/own-pictures';
import { fire } from './events';
import { formatLoaded, formatMegabytes } from './format';
import { PICTURE } from './icons';
import { buttons, row, shared } from './shared-styles';

/**
 * A button that asks for a picture of the visitor's own, and what that needs or waits for.
 *
 * A phone's own menu then offers its camera.
 *
 * @fires picture-offered - `{file}`: the visitor has chosen a file.
 * @fires picture-agreed - What reads pictures may be downloaded.
 */
@localized()
@customElement('lit-demo-own-picture')
export class LitDemoOwnPicture extends LitElement {
  static override styles = [
    shared,
    buttons,
    row,
    css`
      p {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0.25rem 0.75rem;
        margin: 0.25rem 0 0.5rem;
        font-size: 0.875rem;
      }
    `,
  ];

  /** What is downloaded first, in bytes. */
  @property({ type: Number }) bytes = 0;
  @property() state: OwnPicturesState = 'idle';
  /** Where the encoder of pictures stands. */
  @property({ attribute: false }) encoder: EncoderStatus = { status: 'idle' };

  @query('input') private readonly input!: HTMLInputElement;

  protected override render(): TemplateResult {
    return html`
      <button
        type="button"
        class="quiet"
        @click=${() => {
          this.input.click();
        }}
      >
        ${PICTURE}${msg('Your own picture')}
      </button>
      <input
        type="file"
        accept="image/*"
        aria-label=${msg('Your own picture')}
        hidden
        @change=${this.offer}
      />
      <p role="status">${this.renderState()}</p>
    `;
  }

  private renderState(): TemplateResult | typeof nothing {
    const { encoder } = this;
    if (this.state === 'idle') return nothing;
    if (this.state === 'asking') {
      return html`${msg(str`This loads ${formatMegabytes(this.bytes)}, once. Your picture stays on this device.`)}
        <button
          type="button"
          class="primary"
          @click=${() => {
            fire(this, 'picture-agreed', null);
          }}
        >
          ${msg('Load')}
        </button>`;
    }
    if (encoder.status === 'loading') {
      return html`<progress
          max=${encoder.total}
          .value=${encoder.loaded}
          aria-label=${msg('Loading what reads your picture')}
        ></progress>
        ${formatLoaded(encoder)}`;
    }
    return html`${msg('Reading your picture…')}`;
  }

  private offer(): void {
    const [file] = this.input.files ?? [];
    // So that the same file can be chosen again.
    this.input.value = '';
    if (file) fire(this, 'picture-offered', { file });
  }
}
