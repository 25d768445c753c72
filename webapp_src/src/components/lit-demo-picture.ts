import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import { join } from 'lit/directives/join.js';
import { keyed } from 'lit/directives/keyed.js';
import type { Credit, Image, PictureRef } from '../generated/manifest';
import { fire } from './events';
import { renderLicense } from './license';
import { shared } from './shared-styles';

/**
 * A picture as sharp as the screen can use, as a heading, with the line that credits its maker.
 *
 * @fires picture-failed - `{url}`: it could not be loaded.
 */
@customElement('lit-demo-picture')
export class LitDemoPicture extends LitElement {
  static override styles = [
    shared,
    css`
      :host {
        display: block;
      }

      h2 {
        margin: 0;
        line-height: 0;
      }

      img {
        width: 100%;
        height: auto;
        border-radius: var(--round);
        background: var(--track);
      }

      p {
        margin: 0.4rem 0 0;
        color: var(--muted);
        font-size: 0.8125rem;
        overflow-wrap: anywhere;
      }
    `,
  ];

  @property({ attribute: false }) image!: Image;
  /** A picture that failed is loaded anew when this changes. */
  @property({ attribute: false }) attempt = 0;

  @query('h2') private readonly heading!: HTMLElement;

  override focus(): void {
    this.heading.focus();
  }

  protected override render(): TemplateResult {
    const { photo, display, description, credit } = this.image;
    const sources = [photo, ...display];
    const sharpest = sources.reduce((best, next) => (next.width > best.width ? next : best));
    return html`
      <h2 tabindex="-1">
        ${keyed(
          this.attempt,
          html`<img
            srcset=${sources.map(describeSource).join(', ')}
            sizes="(min-width: 48rem) 21rem, 92vw"
            src=${photo.url}
            width=${sharpest.width}
            height=${sharpest.height}
            alt=${description}
            decoding="async"
            @error=${({ target }: Event) => {
              fire(this, 'picture-failed', { url: (target as HTMLImageElement).currentSrc });
            }}
          />`,
        )}
      </h2>
      ${renderCredit(credit)}
    `;
  }
}

function describeSource({ url, width }: PictureRef): string {
  return `${url} ${width}w`;
}

function renderCredit({ author, license, source }: Credit): TemplateResult | typeof nothing {
  const parts = [
    author && html`Photo: ${author}`,
    license && renderLicense(license),
    source && html`<a href=${source} rel="external noopener">Source</a>`,
  ].filter((part) => part);
  return parts.length > 0 ? html`<p>${join(parts, ' · ')}</p>` : nothing;
}
