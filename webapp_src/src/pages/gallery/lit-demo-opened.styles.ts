import { css } from 'lit';

/** A picture over the page, with what is known of it. */
export const opened = css`
  dialog {
    width: min(100vw, 64rem);
    max-width: 100vw;
    max-height: 100dvh;
    margin: auto;
    padding: 0;
    border: 1px solid var(--line);
    border-radius: calc(2 * var(--round));
    background: var(--surface);
    color: var(--text);
    box-shadow: var(--shadow-strong);
    overflow: auto;
    overscroll-behavior: contain;
  }

  dialog::backdrop {
    background: rgb(10 10 8 / 70%);
  }

  .bar {
    position: sticky;
    z-index: 1;
    top: 0;
    display: flex;
    align-items: center;
    gap: 0.25rem;
    padding: 0.25rem 0.5rem;
    background: var(--surface);
  }

  .bar p {
    flex: 1;
    margin: 0;
    color: var(--muted);
    font-size: 0.875rem;
    font-variant-numeric: tabular-nums;
    text-align: center;
  }

  .turn:dir(rtl) svg {
    scale: -1 1;
  }

  .picture {
    display: grid;
    place-items: center;
    height: min(62dvh, 40rem);
    background: var(--track);
  }

  img {
    max-width: 100%;
    max-height: min(62dvh, 40rem);
    /* A thumbnail is shown larger than it is, as the picture it stands for. */
    width: 100%;
    height: 100%;
    object-fit: contain;
  }

  .text {
    padding: 0.75rem 1rem 1rem;
  }

  /* In another script it begins where the page's lines do. */
  h2 {
    text-align: -webkit-match-parent;
    text-align: match-parent;
    margin: 0 0 0.5rem;
    font: 600 1.25rem/1.3 var(--serif);
    overflow-wrap: anywhere;
  }

  .credit {
    margin: 0 0 0.75rem;
    color: var(--muted);
    font-size: 0.9375rem;
    overflow-wrap: anywhere;
  }

  .actions {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.5rem;
  }

  .actions p {
    margin: 0;
    color: var(--muted);
    font-size: 0.9375rem;
  }

  .actions input {
    flex: 1;
    min-width: 10rem;
  }

  @media (max-width: 40rem) {
    dialog {
      width: 100vw;
      height: 100dvh;
      border: 0;
      border-radius: 0;
    }
  }

  @media (max-height: 30rem) {
    .bar {
      position: static;
    }
  }

  @media print {
    .actions,
    button {
      display: none;
    }
  }
`;
