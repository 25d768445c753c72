import { css } from 'lit';

/** A page of one column. */
export const column = css`
  :host {
    display: block;
    max-width: 60rem;
    margin: 0 auto;
    padding: clamp(1rem, 3vw, 2.5rem) clamp(0.75rem, 3vw, 2rem) 4rem;
  }

  main {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 1.25rem;
    margin: 1.25rem 0;
  }

  footer {
    margin-top: 3rem;
    padding-top: 1rem;
    border-top: 1px solid var(--line);
    color: var(--muted);
    font-size: 0.9375rem;
  }
`;

/** A surface on which something is set or shown. */
export const surface = css`
  .surface {
    padding: 1.25rem;
    border: 1px solid var(--line);
    border-radius: calc(2 * var(--round));
    background: var(--surface);
    box-shadow: var(--shadow);
  }

  h2 {
    margin: 0 0 0.75rem;
    font: 600 1.25rem/1.2 var(--serif);
  }
`;
