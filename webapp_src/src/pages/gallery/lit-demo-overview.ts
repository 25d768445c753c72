import { localized, msg } from '@lit/localize';
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { shared } from '../../components/shared-styles';
import type { GalleryMap } from '../../generated/manifest';
import { openMap, type MapSource } from '../../inference/gallery/map-source';
import { localizeSentence } from '../../localization/language';
import { summaries } from './summary-styles';

/**
 * The map of a gallery, which a visitor unfolds; what draws it is loaded then.
 *
 * Events are those of the map.
 */
@localized()
@customElement('lit-demo-overview')
export class LitDemoOverview extends LitElement {
  static override styles = [
    shared,
    summaries,
    css`
      :host {
        display: block;
      }

      lit-demo-map {
        margin-bottom: 1rem;
      }

      @media print {
        :host {
          display: none;
        }
      }
    `,
  ];

  @property({ attribute: false }) map!: GalleryMap;
  /** Places of what was found, x and y of each in turn; the page makes the list whenever it is drawn. */
  @property({ attribute: false, hasChanged: differ }) lit = new Float32Array();
  /** The address of the thumbnail of what is pointed at. */
  @property() preview = '';

  @state() private source: MapSource | undefined;
  @state() private failure = '';

  private closing = new AbortController();

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.closing.abort();
    this.closing = new AbortController();
  }

  protected override render(): TemplateResult {
    return html`<details @toggle=${this.onToggle}>
      <summary>${msg('Map')}</summary>
      ${this.failure ? html`<p role="status">${localizeSentence(this.failure)}</p>` : nothing}
      ${
        this.source
          ? html`<lit-demo-map
              .source=${this.source}
              .lit=${this.lit}
              .preview=${this.preview}
            ></lit-demo-map>`
          : nothing
      }
    </details>`;
  }

  private onToggle({ target }: Event): void {
    if ((target as HTMLDetailsElement).open && !this.source) void this.open();
  }

  private async open(): Promise<void> {
    const { signal } = this.closing;
    this.failure = '';
    try {
      const [source] = await Promise.all([openMap(this.map, signal), import('./lit-demo-map')]);
      this.source = source;
    } catch (error) {
      if (!signal.aborted) this.failure = (error as Error).message;
    }
  }
}

function differ(one: Float32Array, other: Float32Array | undefined): boolean {
  return one.length !== other?.length || one.some((value, i) => value !== other[i]);
}
