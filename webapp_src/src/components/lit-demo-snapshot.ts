import { css, html, LitElement, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Image } from '../generated/manifest';
import { drawAnswer, type DrawnCaption } from './answer-image';
import { handOn, type Handed } from './hand-on';
import { COPY } from './icons';
import { sharpestOf } from './lit-demo-picture';
import { buttons, shared } from './shared-styles';

const OUTCOMES: Readonly<Record<Handed | 'failed', string>> = {
  shared: '',
  cancelled: '',
  copied: 'Copied.',
  saved: 'Saved.',
  failed: 'This browser cannot make an image of it.',
};

/** A button that hands on an image of a picture with its captions and bars. */
@customElement('lit-demo-snapshot')
export class LitDemoSnapshot extends LitElement {
  static override styles = [
    shared,
    buttons,
    css`
      :host {
        display: flex;
        align-items: center;
        gap: 0.5rem;
      }

      [role='status'] {
        color: var(--muted);
        font-size: 0.875rem;
      }
    `,
  ];

  @property({ attribute: false }) image!: Image;
  @property({ attribute: false }) captions: readonly DrawnCaption[] = [];

  @state() private outcome = '';

  protected override render(): TemplateResult {
    return html`
      <button type="button" class="quiet" @click=${this.copy}>${COPY}Copy as image</button>
      <span role="status">${this.outcome}</span>
    `;
  }

  private async copy(): Promise<void> {
    this.outcome = '';
    try {
      this.outcome = OUTCOMES[await handOn(this.draw(), `${this.image.id}.png`)];
    } catch {
      this.outcome = OUTCOMES.failed;
    }
  }

  private async draw(): Promise<Blob> {
    const { author, license } = this.image.credit;
    const response = await fetch(sharpestOf(this.image).url);
    return drawAnswer({
      picture: await createImageBitmap(await response.blob()),
      captions: this.captions,
      credit: [author && `Photo: ${author}`, license].filter((part) => part).join(' · '),
      address: location.host + location.pathname,
    });
  }
}
