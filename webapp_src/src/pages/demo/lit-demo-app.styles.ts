import { css } from 'lit';

/** How the page's parts lie under each other. */
export const layout = css`
  :host {
    display: block;
  }

  .cards {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(min(100%, 30rem), 1fr));
    gap: 1.5rem 2.5rem;
  }

  .gallery {
    margin-top: 1rem;
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
    display: flex;
    align-items: center;
    width: fit-content;
    min-height: var(--target);
    color: var(--muted);
    cursor: pointer;
  }

  summary:hover {
    color: var(--text);
    text-decoration: underline;
    text-underline-offset: 0.2em;
  }

  .about summary {
    display: list-item;
    align-content: center;
  }

  .about {
    display: grid;
    gap: 1.5rem 3rem;
    padding: 0.5rem 0 2rem;
  }

  label {
    display: flex;
    gap: 0.6rem;
    align-items: center;
    min-height: var(--target);
  }

  input {
    width: 1.15rem;
    height: 1.15rem;
    margin: 0;
    accent-color: var(--accent);
  }

  @media print {
    .gallery,
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
