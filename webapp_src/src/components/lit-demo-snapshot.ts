import { localized, msg, str } from '@lit/localize';
import { css, html, LitElement, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Image } from '../generated/manifest';
import { drawAnswer, type DrawnCaption } from './answer-image';
import { handOn, type Handed } from './hand-on';
import { COPY } from './icons';
import { sharpestOf } from './lit-demo-picture';
import { buttons, shared } from './shared-styles';

function describeOutcome(outcome: Handed | 'failed' | undefined): string {
  switch (outcome) {
    case 'copied':
      return msg('Copied.');
    case 'saved':
      return msg('Saved.');
    case 'failed':
      return msg('This browser cannot make an image of it.');
    default:
      return '';
  }
}

/** A button that hands on an image of a picture with its captions and bars. */
@localized()
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

  @state() private outcome: Handed | 'failed' | undefined;

  protected override render(): TemplateResult {
    return html`
      <button type="button" class="quiet" @click=${this.copy}>
        ${COPY}${msg('Copy as image')}
      </button>
      <span role="status">${describeOutcome(this.outcome)}</span>
    `;
  }

  private async copy(): Promise<void> {
    this.outcome = undefined;
    try {
      this.outcome = await handOn(this.draw(), `${this.image.id}.png`);
    } catch {
      this.outcome = 'failed';
    }
  }

  private async draw(): Promise<Blob> {
    const { author, license } = this.image.credit;
    const response = await fetch(sharpestOf(this.image).url);
    return drawAnswer({
      picture: await createImageBitmap(await response.blob()),
      captions: this.captions,
      credit: [author && msg(str`Photo: ${author}`), license].filter((part) => part).join(' · '),
      address: location.host + location.pathname,
    });
  }
}
