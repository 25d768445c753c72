import { css } from 'lit';

/** The page's parts lie in one column on phones, in two from tablets on. */
export const layout = css`
  @media (min-width: 44rem) {
    main {
      grid-template-columns: repeat(2, minmax(0, 1fr));
    }
  }

  .tools {
    display: flex;
    flex-wrap: wrap;
    gap: 0.75rem;
    margin-top: 0.75rem;
  }

  .tools button {
    flex: 1 0 auto;
  }

  .hint {
    margin: 0.75rem 0 0;
    color: var(--muted);
    font-size: 0.875rem;
  }

  /* Phones have no arrow keys. */
  @media (hover: none) {
    .keys {
      display: none;
    }
  }

  .answer {
    display: flex;
    align-items: baseline;
    gap: 0.75rem;
    min-height: 4rem;
    margin: 0 0 0.75rem;
    font-size: 1.125rem;
  }

  .answer strong {
    font: 600 3.5rem/1 var(--serif);
    font-variant-numeric: lining-nums;
  }

  .view {
    display: grid;
    grid-template-columns: minmax(6rem, 30%) minmax(0, 1fr);
    gap: 1.25rem;
    grid-column: 1 / -1;
  }

  @media (max-width: 22rem) {
    .view {
      grid-template-columns: minmax(0, 1fr);
    }
  }

  label {
    display: flex;
    align-items: center;
    gap: 0.75rem;
    min-height: var(--target);
    font-weight: 550;
    cursor: pointer;
  }

  input {
    flex: none;
    width: 1.4rem;
    height: 1.4rem;
    margin: 0;
    accent-color: var(--accent);
  }
`;
