import { css, html, LitElement, type TemplateResult } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import { SIZE } from './raster';

/** A 28 x 28 image, each pixel as a square: white ink on black, as MNIST has it. */
@customElement('lit-demo-pixels')
export class LitDemoPixels extends LitElement {
  static override styles = css`
    :host {
      display: block;
    }

    canvas {
      display: block;
      width: 100%;
      border-radius: 0.35rem;
      background: #000;
      image-rendering: pixelated;
    }
  `;

  /** Ink from 0 to 1, in rows. */
  @property({ attribute: false }) image = new Float32Array(SIZE * SIZE);
  /** What screen readers say; without it, the element around says it. */
  @property() description = '';

  @query('canvas') private readonly canvas!: HTMLCanvasElement;

  protected override render(): TemplateResult {
    return this.description
      ? html`<canvas
          width=${SIZE}
          height=${SIZE}
          role="img"
          aria-label=${this.description}
        ></canvas>`
      : html`<canvas width=${SIZE} height=${SIZE} aria-hidden="true"></canvas>`;
  }

  protected override updated(): void {
    const pixels = Uint8ClampedArray.from({ length: 4 * SIZE * SIZE }, (_, i) =>
      i % 4 === 3 ? 255 : 255 * (this.image[i >> 2] ?? 0),
    );
    this.canvas.getContext('2d')?.putImageData(new ImageData(pixels, SIZE), 0, 0);
  }
}
