import { svg, type SVGTemplateResult } from 'lit';

function icon(path: string): SVGTemplateResult {
  return svg`<svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true" focusable="false"
    fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round"
    stroke-linejoin="round"><path d=${path}></path></svg>`;
}

export const CLOSE = icon('M6 6l12 12M18 6L6 18');
export const COLUMNS = icon('M4 5h7v14H4zM13 5h7v14h-7z');
export const RESET = icon('M4 9a8.5 8.5 0 1 1-.6 5M4 4v5h5');
export const COPY = icon('M9 9h11v11H9zM5 15H4V4h11v1');
export const PICTURES = icon('M4 4h7v7H4zM13 4h7v7h-7zM4 13h7v7H4zM13 13h7v7h-7z');
export const PICTURE = icon('M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15.5 9h.01');
export const SHARE = icon('M12 15V3.5M8 7l4-4 4 4M5 12v8h14v-8');
export const CODE = icon('M8 6l-6 6 6 6M16 6l6 6-6 6');
export const WORDS = icon('M4 7h16M4 12h7M14 12h6M4 17h4M11 17h9');
export const CHECK = icon('M5 12.5l4.5 4.5L19 7.5');
export const BACK = icon('M15 5l-7 7 7 7');
export const FORWARD = icon('M9 5l7 7-7 7');
export const TRASH = icon('M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13');
export const GRIP = icon('M9 6h.01M15 6h.01M9 12h.01M15 12h.01M9 18h.01M15 18h.01');
