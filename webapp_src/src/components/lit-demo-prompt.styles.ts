import { css, unsafeCSS } from 'lit';
import caption from './caption.css?inline';

/** A caption that can be typed in and removed. */
export const editable = [
  unsafeCSS(caption),
  css`
    :host {
      display: block;
    }

    textarea {
      overflow: hidden;
      background: none;
      color: var(--text);
      resize: none;
    }

    .read {
      pointer-events: none;
    }

    /* The text behind the box is seen instead. */
    .partly textarea {
      color: transparent;
      caret-color: var(--text);
    }

    textarea:focus-visible {
      outline: none;
    }

    .caption:not(.draft) .text:focus-within {
      border-radius: 0.25rem;
      box-shadow: 0 0 0 2px var(--focus);
    }

    .draft .text:focus-within {
      border-color: var(--accent);
      outline: 3px solid var(--focus);
      outline-offset: 1px;
    }

    .draft.best .text {
      border-color: var(--accent);
    }

    textarea::placeholder {
      color: var(--muted);
      opacity: 1;
    }

    textarea:read-only {
      cursor: default;
    }

    .caption rect {
      transition: width 350ms cubic-bezier(0.2, 0.7, 0.2, 1);
    }

    /* Not at once: most answers come before the eye sees that one is due. */
    :host([stale]) .value,
    :host([stale]) .bar {
      opacity: 0.45;
      transition: opacity 150ms 200ms;
    }

    /* Over the end of the text, so that nothing else moves when it comes. */
    .remove {
      position: absolute;
      z-index: 1;
      inset-block-start: 0;
      inset-inline-end: 3.25rem;
      background: var(--surface);
      opacity: 0;
    }

    .caption:is(:hover, :focus-within) .remove {
      opacity: 1;
    }

    :host([movable]) .caption {
      padding-inline-start: var(--target);
    }

    .grip {
      position: absolute;
      inset-block-start: 0;
      inset-inline-start: 0;
      cursor: grab;
      /* A finger on it does not scroll the page. */
      touch-action: none;
    }

    lit-demo-words {
      grid-area: words;
    }

    .note {
      grid-area: note;
      margin: 0.25rem 0 0;
      color: var(--muted);
      font-size: 0.875rem;
    }

    /* Shadows are not drawn there. */
    @media (forced-colors: active) {
      .caption .text:focus-within {
        outline: 2px solid Highlight;
        outline-offset: 1px;
      }
    }

    @media print {
      .draft:not(.best),
      .grip,
      .remove {
        display: none;
      }
    }

    @media (hover: none) {
      .caption:not(:focus-within) .remove {
        visibility: hidden;
      }
    }

    @media (prefers-reduced-motion: reduce) {
      .caption rect {
        transition: none;
      }
    }
  `,
];
