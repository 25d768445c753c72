import { css } from 'lit';

/** What unfolds a part of the page above the pictures. */
export const summaries = css`
  summary {
    width: fit-content;
    min-height: var(--target);
    align-content: center;
    font-weight: 550;
    cursor: pointer;
  }
`;
