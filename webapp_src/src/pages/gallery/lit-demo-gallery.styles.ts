import { css } from 'lit';

/** How the parts of a gallery's page lie under each other. */
export const layout = css`
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

  @media (max-height: 30rem) {
    .bar {
      position: static;
    }
  }

  @media print {
    .bar {
      position: static;
    }

    .line a {
      display: none;
    }
  }
`;
