import { localized, msg } from '@lit/localize';
import { css, html, LitElement, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { numberLocale } from '../localization/language';
import type { CaptionPart } from '../state/word-effects';
import { shared } from './shared-styles';

/** A word that adds this much has the full shade. */
const STRONG = 0.1;

/** The words of a caption, each with what it adds to the similarity as a number and as a shade. */
@localized()
@customElement('lit-demo-words')
export class LitDemoWords extends LitElement {
  static override styles = [
    shared,
    css`
      :host {
        display: block;
        margin: 0.35rem 0;
        font-size: 0.875rem;
        line-height: 1.9;
      }

      /* They begin where the caption does. */
      div {
        text-align: -webkit-match-parent;
        text-align: match-parent;
      }

      .word {
        padding: 0.1rem 0.3rem;
        border-radius: 0.25rem;
        background: color-mix(in srgb, var(--accent) var(--shade), transparent);
        white-space: nowrap;
      }

      .word.against {
        background: none;
        text-decoration: underline dotted;
        text-underline-offset: 0.2em;
      }

      small {
        font-variant-numeric: tabular-nums;
      }
    `,
  ];

  @property({ attribute: false }) parts: readonly CaptionPart[] = [];

  protected override render(): TemplateResult {
    return html`<div role="group" aria-label=${msg('What each word adds')} dir="auto">
      ${this.parts.map(({ text, effect }) =>
        effect === undefined
          ? text
          : html`<span class="word ${Math.round(100 * effect) < 0 ? 'against' : ''}"
              >${text} <small dir="ltr">${formatEffect(effect)}</small></span
            >`,
      )}
    </div>`;
  }

  protected override updated(): void {
    const effects = this.parts.flatMap(({ effect }) => effect ?? []);
    // Set on the style objects, since the page's policy forbids style attributes.
    this.renderRoot.querySelectorAll<HTMLElement>('.word').forEach((word, i) => {
      const strength = Math.min(Math.max(effects[i] ?? 0, 0) / STRONG, 1);
      word.style.setProperty('--shade', `${Math.round(35 * strength)}%`);
    });
  }
}

/** An effect in hundredths of a cosine, with its sign. */
function formatEffect(effect: number): string {
  const format = { signDisplay: 'exceptZero', maximumFractionDigits: 0 } as const;
  return new Intl.NumberFormat(numberLocale(), format).format(100 * effect);
}
