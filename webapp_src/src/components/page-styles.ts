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

/** What the page of a demo and that of a gallery have in common. */
export const parts = css`
  :host {
    display: block;
  }

  .empty {
    padding: 3rem 1rem;
    border: 2px dashed var(--line);
    border-radius: calc(2 * var(--round));
    color: var(--muted);
    text-align: center;
  }

  /* Always in view, and after all else, so that nothing stays covered. */
  .messages {
    position: sticky;
    z-index: 1;
    inset-block-end: 0;
    pointer-events: none;
  }

  .foot {
    margin-top: 2rem;
    padding-top: 0.5rem;
    border-top: 1px solid var(--line);
  }

  summary {
    width: fit-content;
    min-height: var(--target);
    align-content: center;
    color: var(--muted);
    cursor: pointer;
  }

  summary:hover {
    color: var(--text);
    text-decoration: underline;
    text-underline-offset: 0.2em;
  }

  .about {
    display: grid;
    gap: 1.5rem 3rem;
    padding: 0.5rem 0 2rem;
  }

  @media print {
    .foot {
      display: none;
    }
  }

  @media (min-width: 52rem) {
    .about {
      grid-template-columns: minmax(18rem, 1fr) minmax(0, 1.6fr);
    }
  }
`;
