import { html, type TemplateResult } from 'lit';
import { keyed } from 'lit/directives/keyed.js';
import type { Picture } from './records';

/** Draws small pictures, and a description in the place of those that failed. */
export class Thumbnails {
  private readonly failed = new Set<string>();

  /** @param onFailure Called when a picture is to be drawn in another way. */
  constructor(private readonly onFailure: () => void) {}

  /** Has those that failed loaded anew. */
  retry(): void {
    this.failed.clear();
  }

  render({ thumbnail, description }: Picture): TemplateResult {
    if (this.failed.has(thumbnail)) return html`<span class="missing">${description}</span>`;
    return html`${keyed(
      thumbnail,
      html`<img
        src=${thumbnail}
        width="224"
        height="224"
        alt=${description}
        loading="lazy"
        decoding="async"
        draggable="false"
        @error=${() => {
          this.failed.add(thumbnail);
          this.onFailure();
        }}
      />`,
    )}`;
  }
}
