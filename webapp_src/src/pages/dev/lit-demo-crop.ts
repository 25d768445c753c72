import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { shared } from '../../components/shared-styles';
import { focalPointAt, squareOf, trackOf, type Track } from './crop';
import type { Picture } from './desk';

/** So long after the last move, a crop is written. */
const REST_MS = 300;

/** How far keys move a crop, in thousandths. */
const STEPS: Readonly<Record<string, number>> = {
  ArrowLeft: -10,
  ArrowUp: -10,
  ArrowRight: 10,
  ArrowDown: 10,
  PageUp: -100,
  PageDown: 100,
};

/** A whole picture with its crop drawn in, which can be moved; where to is written into `demo.toml`. */
@customElement('lit-demo-crop')
export class LitDemoCrop extends LitElement {
  static override styles = [
    shared,
    css`
      :host {
        display: block;
      }

      .whole {
        container-type: size;
        position: relative;
        width: min(100%, 24rem * var(--ratio));
        aspect-ratio: var(--ratio);
        overflow: hidden;
        border-radius: var(--round);
        background: var(--track);
      }

      img {
        display: block;
        width: 100%;
        height: 100%;
      }

      .square {
        position: absolute;
        inset: var(--top) auto auto var(--left);
        width: var(--width);
        height: var(--height);
        outline: 2px solid #fff;
        outline-offset: -2px;
        box-shadow: 0 0 0 100vmax rgb(0 0 0 / 60%);
      }

      /* A slider whose thumb is the crop: as large as it, and with as far to go. */
      input {
        position: absolute;
        inset: 0;
        width: 100%;
        height: 100%;
        margin: 0;
        appearance: none;
        background: none;
        cursor: grab;
        --side: 100cqh;
        touch-action: pan-y;
      }

      input:active {
        cursor: grabbing;
      }

      input.down {
        writing-mode: vertical-lr;
        --side: 100cqw;
        touch-action: pan-x;
      }

      input::-webkit-slider-runnable-track {
        width: 100%;
        height: 100%;
      }

      input::-webkit-slider-thumb {
        appearance: none;
        width: var(--side);
        height: var(--side);
        border: 2px solid #fff;
        border-radius: 0;
        background: none;
        box-shadow: 0 0 0 100vmax rgb(0 0 0 / 60%);
      }

      input::-moz-range-track {
        background: none;
      }

      input::-moz-range-thumb {
        box-sizing: border-box;
        width: var(--side);
        height: var(--side);
        border: 2px solid #fff;
        border-radius: 0;
        background: none;
        box-shadow: 0 0 0 100vmax rgb(0 0 0 / 60%);
      }

      input:focus-visible {
        outline: none;
      }

      input:focus-visible::-webkit-slider-thumb {
        border: 5px solid var(--focus);
        outline: 2px solid #fff;
        outline-offset: -7px;
      }

      input:focus-visible::-moz-range-thumb {
        border: 5px solid var(--focus);
        outline: 2px solid #fff;
        outline-offset: -7px;
      }

      p {
        min-height: 1.5em;
        margin: 0.35rem 0 0;
        color: var(--muted);
        font-size: 0.875rem;
      }
    `,
  ];

  @property({ attribute: false }) picture!: Picture;

  /** Where the author has moved it, until that is written. */
  @state() private moved: number | undefined;
  @state() private status = '';

  private resting: ReturnType<typeof setTimeout> | undefined;

  protected override willUpdate(changed: PropertyValues<this>): void {
    // What was written is in what the server says now.
    if (changed.has('picture') && this.resting === undefined) this.moved = undefined;
  }

  /** The page's policy refuses styles in its markup. */
  protected override updated(): void {
    const [width, height] = this.picture.size ?? [1, 1];
    this.style.setProperty('--ratio', String(width / height));
    for (const [name, part] of Object.entries(squareOf(this.picture))) {
      this.style.setProperty(`--${name}`, `${100 * Number(part)}%`);
    }
  }

  protected override render(): TemplateResult {
    const { id, size, crop, description, version } = this.picture;
    if (!size) return html`<p>The picture is not there any more.</p>`;
    const track = trackOf(this.picture);
    return html`
      <div class="whole">
        <img
          src=${`pictures/${id}?${version}`}
          alt=${description}
          width=${size[0]}
          height=${size[1]}
          loading="lazy"
        />
        ${track ? this.renderSlider(track) : html`<div class="square"></div>`}
      </div>
      <p role="status">${this.status || (track ? nothing : explainFixed(crop !== null))}</p>
    `;
  }

  private renderSlider(track: Track): TemplateResult {
    const at = this.moved ?? track.at;
    const percent = (at / 10).toFixed(0);
    return html`<input
      type="range"
      class=${track.axis === 'x' ? 'across' : 'down'}
      aria-label=${`Crop of ${this.picture.id}`}
      aria-orientation=${track.axis === 'x' ? 'horizontal' : 'vertical'}
      aria-valuetext=${`centre ${percent}% from the ${track.axis === 'x' ? 'left' : 'top'}`}
      min=${track.least}
      max=${track.most}
      .value=${String(at)}
      @input=${({ target }: Event) => {
        this.move(track, Number((target as HTMLInputElement).value));
      }}
      @pointercancel=${this.leave}
      @keydown=${(event: KeyboardEvent) => {
        const step = STEPS[event.key];
        if (step === undefined) return;
        // Browsers do not agree on which way keys go where a slider goes down.
        event.preventDefault();
        this.move(track, Math.min(Math.max(at + step, track.least), track.most));
      }}
    />`;
  }

  private move(track: Track, at: number): void {
    this.moved = at;
    this.status = '';
    clearTimeout(this.resting);
    this.resting = setTimeout(() => void this.write(track, at), REST_MS);
  }

  /** A finger on it was there to scroll the page. */
  private leave(): void {
    clearTimeout(this.resting);
    this.resting = undefined;
    this.moved = undefined;
  }

  private async write(track: Track, at: number): Promise<void> {
    this.resting = undefined;
    const [x, y] = focalPointAt(this.picture, track, at);
    try {
      const url = `crops/${this.picture.id}?x=${x}&y=${y}`;
      const response = await fetch(url, { method: 'POST' });
      this.status = response.ok
        ? `Written: focal_point = [${x}, ${y}]`
        : (await response.text()).trim();
    } catch {
      this.status = 'The server does not answer. Start lit-demo dev again.';
    }
  }
}

function explainFixed(isBox: boolean): string {
  return isBox
    ? 'demo.toml gives it a crop. Remove that to move the square here.'
    : 'It is square, so all of it is shown.';
}
