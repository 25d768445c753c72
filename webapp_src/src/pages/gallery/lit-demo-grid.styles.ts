import { css } from 'lit';

/** A grid of squares, as many beside each other as the element says. */
export const grid = css`
  :host {
    display: block;
    --gap: 0.375rem;
  }

  /* Its height is that of all rows, of which only those near the screen are there. */
  .box {
    position: relative;
    overflow-anchor: none;
  }

  .row {
    position: absolute;
    inset-inline: 0;
    top: 0;
    display: grid;
    grid-template-columns: repeat(var(--columns), minmax(0, 1fr));
    gap: var(--gap);
  }

  a {
    display: block;
    aspect-ratio: 1;
    overflow: hidden;
    border-radius: var(--round);
    background: var(--track);
    color: var(--muted);
    text-decoration: none;
  }

  a:focus-visible {
    outline-offset: 1px;
  }

  a[aria-current='true'] {
    box-shadow:
      0 0 0 2px var(--page),
      0 0 0 5px var(--accent);
  }

  img {
    display: block;
    width: 100%;
    height: 100%;
    object-fit: cover;
  }

  a:hover img {
    opacity: 0.88;
  }

  .missing {
    display: block;
    height: 100%;
    padding: 0.5rem;
    overflow: hidden;
    font-size: 0.75rem;
    line-height: 1.3;
    overflow-wrap: anywhere;
  }

  @media (forced-colors: active) {
    a {
      border: 1px solid LinkText;
    }
  }

  /* Paper has no place for the rows that are not there. */
  @media print {
    .box {
      height: auto !important;
    }

    .row {
      position: static;
      transform: none !important;
      margin-bottom: var(--gap);
      break-inside: avoid;
    }
  }
`;
