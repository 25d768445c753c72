import { localized, msg } from '@lit/localize';
import { css, html, LitElement, type TemplateResult } from 'lit';
import { customElement, property, queryAll } from 'lit/decorators.js';
import { formatPercent } from '../../components/format';
import { shared } from '../../components/shared-styles';

/** The probability of each of the ten digits; the most probable stands out. */
@localized()
@customElement('lit-demo-bars')
export class LitDemoBars extends LitElement {
  static override styles = [
    shared,
    css`
      ol {
        display: grid;
        gap: 0.35rem;
        margin: 0;
        padding: 0;
        list-style: none;
      }

      li {
        display: grid;
        grid-template-columns: 1.25rem minmax(0, 1fr) 5.25rem;
        gap: 0.6rem;
        align-items: center;
        color: var(--muted);
        font-variant-numeric: tabular-nums;
      }

      .best {
        color: var(--text);
        font-weight: 650;
      }

      .track {
        height: 1.1rem;
        overflow: hidden;
        border-radius: 0.3rem;
        background: var(--track);
      }

      .fill {
        width: 100%;
        height: 100%;
        border-radius: inherit;
        background: var(--bar);
        transform: translateX(-100%);
        transition: transform 90ms ease-out;
      }

      .track:dir(rtl) {
        scale: -1 1;
      }

      .best .fill {
        background: var(--accent);
      }

      .value {
        text-align: end;
        white-space: nowrap;
      }

      @media (prefers-reduced-motion: reduce) {
        .fill {
          transition: none;
        }
      }
    `,
  ];

  /** One for each digit; empty while there is no answer. */
  @property({ attribute: false }) probabilities: readonly number[] = [];

  @queryAll('.fill') private readonly fills!: NodeListOf<HTMLElement>;

  protected override render(): TemplateResult {
    const highest = Math.max(...this.probabilities);
    return html`<ol aria-label=${msg('Probability of each digit')}>
      ${Array.from({ length: 10 }, (_, digit) => this.renderDigit(digit, highest))}
    </ol>`;
  }

  protected override updated(): void {
    // Set on the style object, since the page's policy forbids style attributes.
    this.fills.forEach((fill, digit) => {
      fill.style.transform = `translateX(${100 * ((this.probabilities[digit] ?? 0) - 1)}%)`;
    });
  }

  private renderDigit(digit: number, highest: number): TemplateResult {
    const probability = this.probabilities[digit];
    return html`<li class=${probability === highest ? 'best' : ''}>
      <span>${digit}</span>
      <div class="track" aria-hidden="true"><div class="fill"></div></div>
      <span class="value">${probability === undefined ? '–' : formatPercent(probability)}</span>
    </li>`;
  }
}
