import { css } from 'lit';

/** How the page's parts lie under each other. */
export const layout = css`
  :host {
    display: block;
    max-width: 76rem;
    margin: 0 auto;
    padding: clamp(1rem, 3vw, 2.5rem) clamp(0.75rem, 3vw, 2rem) 4rem;
  }

  .top {
    display: grid;
    gap: 1rem 3rem;
    margin-bottom: 1.25rem;
  }

  @media (min-width: 52rem) {
    .top {
      grid-template-columns: minmax(0, 1.6fr) minmax(18rem, 1fr);
    }
  }

  .tools {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.5rem;
    margin: 0.75rem 0;
  }

  .tools p {
    margin: 0 auto 0 0;
    color: var(--muted);
  }

  @media (max-width: 22rem) {
    .tools p {
      display: none;
    }
  }

  .cards {
    display: grid;
    gap: 1.25rem;
  }

  .empty {
    padding: 3rem 1rem;
    border: 2px dashed var(--line);
    border-radius: calc(2 * var(--round));
    color: var(--muted);
    text-align: center;
  }

  lit-demo-card {
    animation: appear 250ms ease-out;
  }

  @keyframes appear {
    from {
      opacity: 0;
      translate: 0 -0.75rem;
    }
  }

  lit-demo-about {
    margin-top: 3rem;
    padding-top: 1.5rem;
    border-top: 1px solid var(--line);
  }

  @media (prefers-reduced-motion: reduce) {
    lit-demo-card {
      animation: none;
    }
  }
`;
