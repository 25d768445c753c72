import { css, unsafeCSS } from 'lit';
import card from './card.css?inline';

/** How a card's parts lie. */
export const layout = [
  unsafeCSS(card),
  css`
    :host {
      display: block;
      container-type: inline-size;
      scroll-margin: 1rem;
    }

    lit-demo-picture {
      display: contents;
    }

    progress {
      width: 6rem;
      height: 0.5rem;
      margin-inline-end: 0.5rem;
      accent-color: var(--accent);
    }

    .tools {
      display: flex;
      flex-wrap: wrap;
      gap: 0 1rem;
      margin-top: 0.25rem;
    }

    @media print {
      .card {
        break-inside: avoid;
      }

      .tools {
        display: none;
      }
    }
  `,
];
