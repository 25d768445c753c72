import { css } from 'lit';

/** How the parts of a demo's page lie under each other. */
export const layout = css`
  .cards {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(min(100%, 30rem), 1fr));
    gap: 1.5rem 2.5rem;
  }

  .gallery {
    margin-top: 1rem;
  }

  summary {
    display: flex;
    align-items: center;
  }

  .about summary {
    display: list-item;
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
    .gallery {
      display: none;
    }
  }
`;
