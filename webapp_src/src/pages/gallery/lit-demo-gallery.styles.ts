import { css } from 'lit';

/** How the page's parts lie under each other. */
export const layout = css`
  :host {
    display: block;
  }

  /* What is looked for stays in view, where there is room. */
  .bar {
    position: sticky;
    z-index: 1;
    top: 0;
    display: grid;
    gap: 0 1rem;
    margin: 0 -0.35rem 0.25rem;
    padding: 0.35rem;
    background: var(--page);
  }

  .line {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: space-between;
    gap: 0 1rem;
  }

  .line p {
    margin: 0;
    color: var(--muted);
    font-size: 0.9375rem;
    font-variant-numeric: tabular-nums;
  }

  .line a {
    display: inline-flex;
    align-items: center;
    min-width: var(--target);
    min-height: var(--target);
  }

  lit-demo-grid {
    min-height: 50vh;
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

  @media (max-height: 30rem) {
    .bar {
      position: static;
    }
  }

  @media (min-width: 52rem) {
    .about {
      grid-template-columns: minmax(18rem, 1fr) minmax(0, 1.6fr);
    }
  }

  @media print {
    .bar {
      position: static;
    }

    .foot,
    .line a {
      display: none;
    }
  }
`;
