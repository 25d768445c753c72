import { localized, msg } from '@lit/localize';
import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { MapSource } from '../../inference/gallery/map-source';
import { MapTiles } from './map-tiles';
import { fire } from './events';
import { MapCamera } from './map-camera';
import { MapPainter, type Colour } from './map-painter';
import { buttons, shared } from '../../components/shared-styles';

/** How near a click must be to a point, in CSS pixels. */
const REACH = 22;

/** Diameters of points in CSS pixels, with the whole map in view and at most. */
const [SMALL, LARGE] = [3, 9];
const LIT = 11;

/**
 * A map on which pictures that are alike lie near each other, as points.
 *
 * Screen readers are told what it is: the list of the pictures says the same in words.
 *
 * @fires map-picked - `{position}`: a picture's point was clicked.
 * @fires map-pointed - `{position}`: a mouse is over a picture's point, or over none.
 */
@localized()
@customElement('lit-demo-map')
export class LitDemoMap extends LitElement {
  static override styles = [
    shared,
    buttons,
    css`
      :host {
        display: block;
        position: relative;
        height: min(70vh, 40rem);
        border: 1px solid var(--edge);
        border-radius: var(--round);
        background: var(--surface);
        color: var(--muted);
        overflow: hidden;
      }

      canvas {
        display: block;
        width: 100%;
        height: 100%;
        cursor: grab;
        touch-action: none;
      }

      canvas:focus-visible {
        outline-offset: -3px;
      }

      .lit {
        color: var(--accent);
      }

      .tools {
        position: absolute;
        inset-block-end: 0.5rem;
        inset-inline-end: 0.5rem;
        display: flex;
        gap: 0.25rem;
      }

      .preview {
        position: absolute;
        inset-block-start: 0.5rem;
        inset-inline-start: 0.5rem;
        width: 8rem;
        height: 8rem;
        border-radius: var(--round);
        object-fit: cover;
        pointer-events: none;
      }

      p {
        margin: 1rem;
      }
    `,
  ];

  @property({ attribute: false }) source!: MapSource;
  /** Places of the pictures that were found, x and y of each in turn, from 0 to 1. */
  @property({ attribute: false }) lit = new Float32Array();
  /** The address of a small picture of what is pointed at. */
  @property() preview = '';

  @state() private failure = '';
  /** Whether there is more to show than what is drawn. */
  @state() private busy = true;

  @query('canvas') private readonly canvas!: HTMLCanvasElement;
  @query('.lit') private readonly litSample!: HTMLElement;

  private tiles!: MapTiles;
  private camera: MapCamera | undefined;
  private painter: MapPainter | undefined;
  private frame = 0;
  private sizes: ResizeObserver | undefined;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    cancelAnimationFrame(this.frame);
    this.sizes?.disconnect();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('source')) {
      this.tiles = new MapTiles(
        this.source,
        () => {
          this.redraw();
        },
        () => {
          this.failure = msg('A part of the map could not be loaded.');
        },
      );
      this.look();
    }
    if (changed.has('lit')) this.redraw();
  }

  protected override render(): TemplateResult {
    return html`
      <canvas
        tabindex="0"
        role="img"
        aria-busy=${this.busy}
        aria-label=${msg('A map of the pictures: those that are alike lie near each other. The list shows the same pictures.')}
        @keydown=${this.onKey}
        @click=${this.onClick}
        @pointermove=${this.onMove}
        @pointerleave=${() => {
          fire(this, 'map-pointed', { position: undefined });
        }}
      ></canvas>
      <span class="lit" hidden></span>
      ${this.preview ? html`<img class="preview" src=${this.preview} alt="" />` : nothing}
      ${this.failure ? html`<p role="status">${this.failure}</p>` : this.renderTools()}
    `;
  }

  protected override firstUpdated(): void {
    const gl = this.canvas.getContext('webgl', { premultipliedAlpha: true, antialias: false });
    if (!gl) {
      this.busy = false;
      this.failure = msg('This browser cannot draw the map.');
      return;
    }
    this.painter = new MapPainter(gl);
    this.camera = new MapCamera(this.canvas, () => {
      this.look();
    });
    this.sizes = new ResizeObserver(() => {
      this.camera?.resize();
      this.look();
    });
    this.sizes.observe(this);
  }

  private renderTools(): TemplateResult {
    return html`<div class="tools">
      <button
        type="button"
        class="icon"
        aria-label=${msg('Reduce')}
        @click=${() => this.camera?.reduce()}
      >
        −
      </button>
      <button
        type="button"
        class="icon"
        aria-label=${msg('Enlarge')}
        @click=${() => this.camera?.enlarge()}
      >
        +
      </button>
      <button type="button" class="quiet" @click=${() => this.camera?.showAll()}>
        ${msg('Whole map')}
      </button>
    </div>`;
  }

  private look(): void {
    if (!this.camera || this.camera.view.side === 0) return;
    this.tiles.look(this.camera.view);
    this.redraw();
  }

  /** Draws at the next frame, however often it is asked for before. */
  private redraw(): void {
    if (!this.painter) return;
    this.busy = true;
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => {
      this.draw();
    });
  }

  private draw(): void {
    const { painter, camera, canvas } = this;
    if (!painter || !camera) return;
    const ratio = devicePixelRatio;
    painter.clear(canvas.clientWidth, canvas.clientHeight, ratio);
    const { placing } = camera;
    const whole = Math.min(canvas.clientWidth, canvas.clientHeight);
    const diameter = Math.min(LARGE, SMALL * Math.sqrt(placing.side / whole)) * ratio;
    const faint = colourOf(this, this.lit.length > 0 ? 0.35 : 0.75);
    for (const tile of this.tiles.shown) painter.drawTile(tile, placing, faint, diameter);
    if (this.lit.length > 0) {
      painter.drawPoints(this.lit, placing, colourOf(this.litSample, 1), LIT * ratio);
    }
    this.busy = this.tiles.busy;
  }

  private find(event: MouseEvent): number | undefined {
    if (!this.camera) return undefined;
    const [x, y] = this.camera.locate(event);
    return this.tiles.nearest(x, y, REACH / this.camera.placing.side);
  }

  private onClick(event: MouseEvent): void {
    const position = this.find(event);
    if (position !== undefined) fire(this, 'map-picked', { position });
  }

  private onMove(event: PointerEvent): void {
    if (event.pointerType === 'mouse' && event.buttons === 0) {
      fire(this, 'map-pointed', { position: this.find(event) });
    }
  }

  private onKey(event: KeyboardEvent): void {
    const { altKey, ctrlKey, metaKey } = event;
    if (!(altKey || ctrlKey || metaKey) && this.camera?.press(event.key)) event.preventDefault();
  }
}

/** The colour of an element's text, for WebGL. */
function colourOf(element: HTMLElement, opacity: number): Colour {
  const parts =
    getComputedStyle(element)
      .color.match(/[\d.]+/g)
      ?.map(Number) ?? [];
  const [red = 0, green = 0, blue = 0] = parts;
  return [red / 255, green / 255, blue / 255, opacity];
}
