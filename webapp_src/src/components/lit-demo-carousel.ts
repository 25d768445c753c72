import { localized, msg } from '@lit/localize';
import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query, queryAll, state } from 'lit/decorators.js';
import { keyed } from 'lit/directives/keyed.js';
import { repeat } from 'lit/directives/repeat.js';
import type { Image } from '../generated/manifest';
import { fire } from './events';
import { BACK, CHECK, FORWARD } from './icons';
import { buttons, shared } from './shared-styles';

/**
 * A strip of thumbnails to choose pictures from, by keyboard, touch or mouse.
 *
 * One stop in the order of tabs: arrow keys, Home and End move within it.
 *
 * @fires image-chosen - `{imageId}`
 * @fires picture-failed - `{url}`: one could not be loaded.
 */
@localized()
@customElement('lit-demo-carousel')
export class LitDemoCarousel extends LitElement {
  static override styles = [
    shared,
    buttons,
    css`
      :host {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr) auto;
        align-items: center;
        gap: 0.25rem;
      }

      .strip {
        display: flex;
        gap: 0.6rem;
        padding: 0.5rem 0.35rem;
        overflow-x: auto;
        overscroll-behavior-x: contain;
        scroll-padding: 0 1rem;
        scroll-snap-type: x proximity;
        scrollbar-width: thin;
        scrollbar-color: var(--edge) transparent;
      }

      .strip button {
        position: relative;
        flex: none;
        padding: 0;
        border: 0;
        border-radius: var(--round);
        scroll-snap-align: start;
      }

      img {
        display: block;
        width: clamp(4.5rem, 16vw, 6.5rem);
        height: auto;
        border-radius: inherit;
        background: var(--track);
        transition: scale 150ms;
      }

      .strip button:hover img {
        scale: 1.04;
      }

      .open img {
        box-shadow:
          0 0 0 2px var(--page),
          0 0 0 5px var(--accent);
      }

      .mark {
        position: absolute;
        inset-block-end: 0.3rem;
        inset-inline-end: 0.3rem;
        display: grid;
        place-items: center;
        width: 1.6rem;
        height: 1.6rem;
        border-radius: 50%;
        background: var(--accent);
        color: var(--on-accent);
      }

      .mark svg {
        width: 1rem;
        height: 1rem;
      }

      .scroll:dir(rtl) svg {
        scale: -1 1;
      }

      @media (hover: none), (max-width: 40rem) {
        :host {
          grid-template-columns: minmax(0, 1fr);
        }

        .scroll {
          display: none;
        }
      }

      @media (forced-colors: active) {
        .open {
          outline: 3px solid Highlight;
        }
      }

      @media (prefers-reduced-motion: reduce) {
        img {
          transition: none;
        }
      }
    `,
  ];

  @property({ attribute: false, hasChanged: differ }) images: readonly Image[] = [];
  /** The ids of pictures that have a card. */
  @property({ attribute: false, hasChanged: differ }) open: ReadonlySet<string> = new Set();
  /** Pictures are loaded anew when this changes. */
  @property({ attribute: false }) attempt = 0;

  /** The language of the pictures' descriptions. */
  @property({ attribute: false }) textLanguage = '';

  @state() private current = 0;

  @query('.strip') private readonly strip!: HTMLElement;
  @queryAll('.strip button') private readonly thumbnails!: NodeListOf<HTMLElement>;

  override focus(): void {
    this.thumbnails[this.current]?.focus();
  }

  protected override render(): TemplateResult {
    return html`
      ${this.renderScroll(-1, BACK)}
      <div
        class="strip"
        role="toolbar"
        aria-label=${msg('Pictures')}
        aria-orientation="horizontal"
        @keydown=${this.onKeydown}
      >
        ${repeat(
          this.images,
          ({ id }) => id,
          (image, index) => this.renderThumbnail(image, index),
        )}
      </div>
      ${this.renderScroll(1, FORWARD)}
    `;
  }

  private renderThumbnail({ id, description, thumbnail }: Image, index: number): TemplateResult {
    const open = this.open.has(id);
    return html`<button
      type="button"
      class=${open ? 'open' : ''}
      lang=${this.textLanguage || nothing}
      tabindex=${index === this.current ? 0 : -1}
      aria-current=${open ? 'true' : 'false'}
      @focus=${() => {
        this.current = index;
      }}
      @click=${() => {
        this.current = index;
        fire(this, 'image-chosen', { imageId: id });
      }}
    >
      ${keyed(
        this.attempt,
        html`<img
          src=${thumbnail.url}
          width=${thumbnail.width}
          height=${thumbnail.height}
          alt=${description}
          loading="lazy"
          decoding="async"
          draggable="false"
          @error=${({ target }: Event) => {
            fire(this, 'picture-failed', { url: (target as HTMLImageElement).currentSrc });
          }}
        />`,
      )}
      ${open ? html`<span class="mark">${CHECK}</span>` : ''}
    </button>`;
  }

  protected override updated(changed: PropertyValues<this>): void {
    const before = changed.get('images');
    if (!before || before[0] === this.images[0]) return;
    // In another order, the best is at the start.
    this.current = 0;
    this.strip.scrollTo({ left: 0 });
  }

  /** A button for the mouse alone: arrow keys and swipes do the same. */
  private renderScroll(direction: 1 | -1, icon: unknown): TemplateResult {
    return html`<button
      type="button"
      class="icon scroll"
      tabindex="-1"
      aria-hidden="true"
      @click=${() => {
        const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
        this.strip.scrollBy({
          left: direction * this.forward * 0.8 * this.strip.clientWidth,
          behavior: still ? 'auto' : 'smooth',
        });
      }}
    >
      ${icon}
    </button>`;
  }

  /** 1 if the strip goes on to the right, -1 if to the left. */
  private get forward(): 1 | -1 {
    return getComputedStyle(this).direction === 'rtl' ? -1 : 1;
  }

  private onKeydown(event: KeyboardEvent): void {
    const last = this.images.length - 1;
    const target = {
      ArrowRight: this.current + this.forward,
      ArrowLeft: this.current - this.forward,
      Home: 0,
      End: last,
    }[event.key];
    if (target === undefined) return;
    event.preventDefault();
    this.current = Math.max(0, Math.min(last, target));
    this.focus();
  }
}

/** Whether two collections do not have the same members in the same order: drawing costs more. */
function differ(a: Iterable<unknown>, b: Iterable<unknown> | undefined): boolean {
  if (!b) return true;
  const [before, after] = [[...b], [...a]];
  return before.length !== after.length || after.some((member, i) => member !== before[i]);
}
