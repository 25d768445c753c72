import { localized, msg, str } from '@lit/localize';
import { html, LitElement, nothing, unsafeCSS, type TemplateResult } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import { join } from 'lit/directives/join.js';
import { keyed } from 'lit/directives/keyed.js';
import type { Credit, Image, PictureRef } from '../generated/manifest';
import { currentLanguage } from '../localization/language';
import card from './card.css?inline';
import { fire } from './events';
import { renderLicense } from './license';
import { shared } from './shared-styles';

/** How wide a picture is shown; the template of the page says the same. */
const SIZES = '(min-width: 28rem) 26rem, 94vw';

/**
 * A picture as sharp as the screen can use, as a heading, with the line that credits its maker.
 *
 * @fires picture-failed - `{url}`: it could not be loaded.
 */
@localized()
@customElement('lit-demo-picture')
export class LitDemoPicture extends LitElement {
  static override styles = [shared, unsafeCSS(card)];

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
    const sharpest = sharpestOf(this.image);
    return html`<div class="picture">
      <h2 tabindex="-1">
        ${keyed(
          this.attempt,
          html`<img
            srcset=${sources.map(describeSource).join(', ')}
            sizes=${SIZES}
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
    </div>`;
  }
}

/** The largest file of a picture. */
export function sharpestOf({ photo, display }: Image): PictureRef {
  return display.reduce((best, next) => (next.width > best.width ? next : best), photo);
}

function describeSource({ url, width }: PictureRef): string {
  return `${url} ${width}w`;
}

function renderCredit({ author, license, source }: Credit): TemplateResult | typeof nothing {
  const parts = [
    author && html`<span lang=${currentLanguage()}>${msg(str`Photo: ${author}`)}</span>`,
    license && renderLicense(license),
    source &&
      html`<a href=${source} rel="external noopener" lang=${currentLanguage()}
        >${msg('Source')}</a
      >`,
  ].filter((part) => part);
  return parts.length > 0 ? html`<p class="credit">${join(parts, ' · ')}</p>` : nothing;
}
