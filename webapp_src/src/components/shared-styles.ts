import { css } from 'lit';

/** What every element shares; colours and measures are custom properties of theme.css. */
export const shared = css`
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }

  [hidden] {
    display: none !important;
  }

  :focus-visible {
    outline: 3px solid var(--focus);
    outline-offset: 2px;
  }

  a {
    color: var(--accent);
    text-underline-offset: 0.2em;
  }

  a:hover {
    text-decoration-thickness: 2px;
  }

  .visually-hidden {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
`;

export const buttons = css`
  button {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 0.5rem;
    min-width: var(--target);
    min-height: var(--target);
    padding: 0.25rem 0.9rem;
    border: 1px solid var(--edge);
    border-radius: var(--round);
    background: var(--surface);
    color: var(--text);
    font: inherit;
    font-weight: 550;
    cursor: pointer;
    transition:
      background-color 120ms,
      border-color 120ms;
  }

  button:hover {
    background: var(--hover);
    border-color: var(--text);
  }

  button.primary {
    border-color: var(--accent);
    background: var(--accent);
    color: var(--on-accent);
  }

  button.primary:hover {
    background: var(--accent-strong);
  }

  button.icon {
    padding: 0;
    border-color: transparent;
    background: transparent;
    color: var(--muted);
  }

  button.icon:hover {
    background: var(--hover);
    color: var(--text);
  }

  button.quiet {
    padding: 0.25rem 0;
    border-color: transparent;
    background: none;
    color: var(--muted);
    font-size: 0.875rem;
  }

  button.quiet:hover {
    color: var(--text);
    text-decoration: underline;
    text-underline-offset: 0.2em;
  }

  button[disabled] {
    opacity: 0.5;
    cursor: default;
  }

  svg {
    flex: none;
  }

  @media (prefers-reduced-motion: reduce) {
    button {
      transition: none;
    }
  }
`;

/** A field to type a number in, or to copy from; an element's own styles go before. */
export const fields = css`
  :where(.field) {
    min-height: var(--target);
    padding: 0.25rem 0.5rem;
    border: 1px solid var(--edge);
    border-radius: var(--round);
    background: var(--field);
    color: var(--text);
    font: inherit;
  }
`;

/** A field or a button, and what is said of it beside it or, where there is no room, below. */
export const row = css`
  :host {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0 0.75rem;
  }
`;
