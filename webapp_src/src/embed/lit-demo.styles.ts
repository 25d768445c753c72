import { css, unsafeCSS } from 'lit';
import theme from '../components/theme.css?inline';
import dark from '../components/theme-dark.css?inline';
import { buttons, shared } from '../components/shared-styles';

/** How the element looks wherever it stands: of the page around, it takes the font and the width. */
export const styles = [
  shared,
  buttons,
  unsafeCSS(theme),
  unsafeCSS(dark),
  css`
    :host {
      all: initial;
      display: block;
      box-sizing: border-box;
      padding: 1rem;
      border: 1px solid var(--line);
      border-radius: calc(2 * var(--round));
      background: var(--surface);
      color: var(--text);
      color-scheme: inherit;
      font: 1rem/1.5 system-ui;
      font-family: inherit;
      overflow-wrap: anywhere;
      visibility: inherit;
    }

    :host([hidden]) {
      display: none;
    }

    p {
      margin: 0;
    }

    [role='alert'] {
      display: flex;
      flex-wrap: wrap;
      gap: 0.5rem 1rem;
      align-items: center;
      justify-content: space-between;
    }

    lit-demo-card::part(tools) {
      display: none;
    }

    /* In their place, and not over the page around. */
    lit-demo-messages {
      position: static;
      padding: 0;
    }

    .open {
      display: inline-flex;
      align-items: center;
      min-height: var(--target);
      font-size: 0.875rem;
    }
  `,
];
