import { localized, msg } from '@lit/localize';
import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { property, query, state } from 'lit/decorators.js';
import '../../components/lit-demo-finder';
import '../../components/lit-demo-messages';
import type { DemoEvent } from '../../components/events';
import { parts } from '../../components/page-styles';
import { buttons, shared } from '../../components/shared-styles';
import type { GalleryMap } from '../../generated/manifest';
import { openGallery } from '../../inference/gallery/gallery-search';
import { gpuScout } from '../../inference/gpu-scout';
import { ModelSession } from '../../inference/session';
import { localizeSentence } from '../../localization/language';
import { loadGalleryManifest } from '../../state/manifest-loader';
import { OfflineController } from '../demo/offline-controller';
import { renderAbout } from './about-template';
import { AddressKeeper } from './address-keeper';
import type { GalleryEvent } from './events';
import { formatGalleryLink } from './gallery-link';
import { GalleryVisit, type GalleryVisitHost } from './gallery-visit';
import { layout } from './lit-demo-gallery.styles';
import type { LitDemoGrid } from './lit-demo-grid';
import './lit-demo-filters';
import './lit-demo-grid';
import './lit-demo-list';
import './lit-demo-opened';
import './lit-demo-overview';
import type { Picture } from './records';
import { announce, describe } from './shown-words';
import { VisitLinks } from './visit-links';

/**
 * Many pictures, found by a sentence or by another picture: loads the manifest, draws what a
 * `GalleryVisit` holds and hands it what the visitor does.
 *
 * `data-state` on the host is loading, failed, computing or current.
 *
 * @slot header - The page's title and description.
 * @slot - What the page shows without a script.
 */
@localized()
export class LitDemoGallery extends LitElement {
  static override styles = [shared, buttons, parts, layout];

  /** Address of the manifest, relative to the page. */
  @property() manifest = 'manifest.json';
  /** What takes the place of the network, of the model and of the search. */
  @property({ attribute: false }) makeHost: (onChange: () => void) => GalleryVisitHost = hostOf;

  @state() private visit: GalleryVisit | undefined;
  /** Of the visit. */
  private links: VisitLinks | undefined;
  @state() private failure = '';
  @state() private aboutOpened = false;

  private readonly address = new AddressKeeper(() => this.links);
  private readonly offline = new OfflineController(this);

  @query('lit-demo-grid') private readonly grid!: LitDemoGrid;
  @query('.bar') private readonly bar!: HTMLElement | null;
  @query('.foot') private readonly foot!: HTMLElement;

  constructor() {
    super();
    this.addController(this.address);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.begin();
  }

  override disconnectedCallback(): void {
    this.visit?.close();
    this.visit = this.links = undefined;
    super.disconnectedCallback();
  }

  protected override render(): TemplateResult {
    return html`
      <slot name="header"></slot>
      ${this.visit ? this.renderGallery(this.visit) : this.renderPlaceholder()}
    `;
  }

  protected override updated(): void {
    const { visit, links, failure } = this;
    const settled = links?.settled ? 'current' : 'computing';
    this.dataset['state'] = failure ? 'failed' : visit ? settled : 'loading';
    this.toggleAttribute('failed', failure !== '');
    const awaited = links?.awaitedPlace;
    if (visit && links?.settled && awaited !== undefined) {
      links.awaitedPlace = undefined;
      if (awaited > 0 && awaited < visit.order.length) void this.grid.reveal(awaited);
    }
  }

  private renderGallery(visit: GalleryVisit): TemplateResult {
    const { manifest, finding, gallery } = visit;
    return html`
      <main
        @find-edited=${({ detail }: DemoEvent<'find-edited'>) => {
          finding.find(detail.text);
        }}
        @find-submitted=${() => void finding.run()}
        @find-cleared=${() => {
          finding.clear();
        }}
        @prompt-focused=${() => void visit.prepare()}
        @choice-toggled=${({ detail }: GalleryEvent<'choice-toggled'>) => void visit.toggle(detail)}
        @choices-cleared=${() => void visit.clearFilters()}
        @places-shown=${({ detail }: GalleryEvent<'places-shown'>) => {
          visit.show(detail.first, detail.end, detail.drawn);
        }}
        @place-chosen=${({ detail }: GalleryEvent<'place-chosen'>) => void visit.open(visit.order.positionAt(detail.place))}
      >
        ${this.renderBar(visit)}
        <lit-demo-filters
          .columns=${gallery.columns}
          .choices=${visit.filters.choices}
          .textLanguage=${manifest.language}
        ></lit-demo-filters>
        ${gallery.map ? renderMap(visit, gallery.map) : nothing}
        ${
          visit.order.length === 0
            ? html`<p class="empty">${msg('No picture has all of this. Take a filter away.')}</p>`
            : this.renderGrid(visit)
        }
      </main>
      <p class="visually-hidden" role="status">${this.links?.settled ? announce(visit) : ''}</p>
      ${this.renderOpened(visit)} ${this.renderFoot(visit)} ${this.renderMessages(visit)}
    `;
  }

  private renderBar(visit: GalleryVisit): TemplateResult {
    const { finding, reader } = visit;
    return html`<div class="bar">
      <lit-demo-finder
        .text=${finding.text}
        .like=${finding.like !== undefined}
        .mute=${reader.encoder.status === 'absent'}
      ></lit-demo-finder>
      <div class="line">
        <p>${describe(visit)}</p>
        <a href="#about" @click=${this.onAbout}>${msg('About')}</a>
      </div>
    </div>`;
  }

  private renderGrid(visit: GalleryVisit): TemplateResult {
    return html`<lit-demo-grid
      .order=${visit.order}
      .view=${visit.view}
      .covered=${this.covered}
      .find=${(position: number) => visit.records.find(position)}
      .linkTo=${(picture: Picture) => this.linkTo(picture)}
      .attempt=${visit.attempt}
      .textLanguage=${visit.manifest.language}
    ></lit-demo-grid>`;
  }

  private renderOpened(visit: GalleryVisit): TemplateResult {
    const { opened, order, manifest } = visit;
    const picture = opened && visit.records.find(opened.position);
    return html`<lit-demo-opened
      .picture=${picture}
      .place=${opened?.place}
      .count=${order.length}
      .similarity=${opened?.place === undefined ? undefined : order.similarityAt(opened.place)}
      .link=${picture ? this.linkTo(picture) : ''}
      .textLanguage=${manifest.language}
      @opened-turned=${({ detail }: GalleryEvent<'opened-turned'>) => void visit.turn(detail.by)}
      @opened-closed=${() => {
        this.closeOpened(visit);
      }}
      @like-wanted=${() => void visit.findLikeOpened()}
    ></lit-demo-opened>`;
  }

  private renderFoot(visit: GalleryVisit): TemplateResult {
    return html`<footer
      class="foot"
      @focusin=${() => {
        visit.goToFoot();
      }}
    >
      <lit-demo-list
        .order=${visit.order}
        .load=${(position: number) => visit.records.load(position)}
      ></lit-demo-list>
      <details
        @toggle=${() => {
          this.aboutOpened = true;
        }}
      >
        <summary>${msg('About this gallery and its model')}</summary>
        ${this.aboutOpened ? renderAbout(visit) : nothing}
      </details>
    </footer>`;
  }

  private renderMessages(visit: GalleryVisit): TemplateResult {
    return html`<section class="messages" aria-label=${msg('Messages')}>
      <lit-demo-messages
        .messages=${[...this.offline.notices(false), ...visit.messages.list]}
        @message-dismissed=${({ detail }: DemoEvent<'message-dismissed'>) => {
          this.offline.dismiss(detail.messageKey);
          visit.messages.dismiss(detail.messageKey);
        }}
        @retry-requested=${() => void visit.retry()}
        @reload-requested=${() => {
          location.reload();
        }}
      ></lit-demo-messages>
    </section>`;
  }

  private renderPlaceholder(): TemplateResult {
    if (!this.failure) return html`<slot></slot>`;
    return html`<div class="empty" role="alert">
        <p>${localizeSentence(this.failure)}</p>
        <button type="button" class="primary" @click=${() => void this.begin()}>
          ${msg('Try again')}
        </button>
      </div>
      <slot></slot>`;
  }

  /** How much of the screen's top the bar takes. */
  private get covered(): number {
    const { bar } = this;
    return bar && getComputedStyle(bar).position === 'sticky' ? bar.offsetHeight : 0;
  }

  /** Beneath a million pictures, nobody gets by scrolling. */
  private async onAbout(event: Event): Promise<void> {
    event.preventDefault();
    this.aboutOpened = true;
    // Only what is there can be brought to the top of the screen.
    await this.updateComplete;
    const details = this.foot.querySelector('details');
    details?.setAttribute('open', '');
    details?.querySelector('summary')?.focus();
    this.foot.scrollIntoView();
  }

  /** The fragment that opens a picture of what is shown. */
  private linkTo({ position, id }: Picture): string {
    const { links } = this;
    return links ? formatGalleryLink({ ...links.link, place: 0, opened: { position, id } }) : '';
  }

  private closeOpened(visit: GalleryVisit): void {
    const { opened } = visit;
    visit.setOpened(undefined);
    if (opened?.place !== undefined) void this.grid.focusPlace(opened.place);
  }

  private async begin(): Promise<void> {
    const again = this.failure !== '';
    this.failure = '';
    try {
      const manifest = await loadGalleryManifest(this.manifest, { fresh: again });
      const onChange = (): void => {
        this.requestUpdate();
      };
      const visit = new GalleryVisit(manifest, this.makeHost(onChange));
      this.visit = visit;
      this.links = new VisitLinks(visit, onChange);
      await this.address.restore();
      void this.offline.begin(visit, () => loadGalleryManifest(this.manifest));
    } catch (error) {
      this.failure = (error as Error).message;
    }
  }
}

function renderMap(visit: GalleryVisit, map: GalleryMap): TemplateResult {
  return html`<lit-demo-overview
    .map=${map}
    .lit=${visit.map.lit}
    .preview=${visit.map.pointedAt?.thumbnail ?? ''}
    @map-picked=${({ detail }: GalleryEvent<'map-picked'>) => void visit.open(detail.position)}
    @map-pointed=${({ detail }: GalleryEvent<'map-pointed'>) => {
      visit.map.pointAt(detail.position);
    }}
  ></lit-demo-overview>`;
}

function hostOf(onChange: () => void): GalleryVisitHost {
  return {
    openReader: (site, model, onStatus) => new ModelSession(site, model, gpuScout, onStatus),
    openSearch: openGallery,
    onChange,
  };
}
