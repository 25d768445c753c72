import { localized, msg, str } from '@lit/localize';
import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { property, query, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { gpuScout } from '../../inference/gpu-scout';
import { idle } from '../../inference/idle';
import { PictureSession } from '../../inference/picture-session';
import type { Card } from '../../state/cards';
import { Demo } from '../../state/demo';
import { localizeSentence } from '../../localization/language';
import { takeOver } from '../../state/handover';
import { loadManifest } from '../../state/manifest-loader';
import { sparesNetwork } from '../../state/spares-network';
import { listenWithin } from '../../components/demo-actions';
import type { DemoEvent } from '../../components/events';
import { renderAbout, type View } from './about-view';
import { AddressController } from './address-controller';
import { layout } from './lit-demo-app.styles';
import { onPictureBrought } from './brought-picture';
import { largestPaint } from './largest-paint';
import { OfflineController } from './offline-controller';
import { VisitKeeper } from './visit-keeper';
import type { LitDemoCard } from '../../components/lit-demo-card';
import '../../components/lit-demo-card';
import '../../components/lit-demo-carousel';
import '../../components/lit-demo-finder';
import '../../components/lit-demo-messages';
import '../../components/lit-demo-own-picture';
import '../../components/lit-demo-share';
import { parts } from '../../components/page-styles';
import { buttons, shared } from '../../components/shared-styles';

/**
 * The demo: loads the manifest, draws what a `Demo` holds and hands it what the visitor does.
 *
 * Until it can answer, it shows what the page has without a script, which is the first picture with
 * its answer.
 *
 * `data-encoder` on the host is absent, idle, loading, ready or failed; `data-backend` names the
 * backend once the encoder is ready.
 *
 * @slot header - The page's title and description.
 * @slot - What the page shows without a script: the pictures with their prompts.
 */
@localized()
export class LitDemoApp extends LitElement {
  static override styles = [shared, buttons, parts, layout];

  /** Address of the manifest, relative to the page. */
  @property() manifest = 'manifest.json';

  @state() private demo: Demo | undefined;
  @state() private failure = '';
  /** Read out by screen readers when a card comes or goes. */
  @state() private announcement = '';

  /** The part at the foot is made when it is first opened, so that nobody waits for it before. */
  @state() private aboutOpened = false;
  /** How the visitor wants to see captions. */
  @state() private view: View = { ranked: true, detailed: false };

  private readonly offline = new OfflineController(this);

  private stopListening = (): void => undefined;

  @query('lit-demo-carousel') private readonly carousel!: HTMLElement;

  constructor() {
    super();
    this.addController(new AddressController(() => this.demo));
    this.addController(new VisitKeeper(() => this.demo));
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.stopListening = onPictureBrought((file) => {
      if (!this.takesPictures) return false;
      void this.demo?.own.add(file);
      return true;
    });
    void this.begin();
  }

  override disconnectedCallback(): void {
    this.stopListening();
    this.demo?.close();
    this.demo = undefined;
    super.disconnectedCallback();
  }

  protected override createRenderRoot(): HTMLElement | DocumentFragment {
    const root = super.createRenderRoot();
    listenWithin(root, () => this.demo);
    return root;
  }

  protected override render(): TemplateResult {
    const { demo } = this;
    return html`
      <slot name="header"></slot>
      ${demo?.started ? this.renderDemo(demo) : this.renderPlaceholder()}
    `;
  }

  protected override updated(): void {
    const encoder = this.demo?.encoder ?? { status: 'idle' };
    this.dataset['encoder'] = encoder.status === 'preparing' ? 'loading' : encoder.status;
    if (encoder.status === 'ready') this.dataset['backend'] = encoder.backend;
    else delete this.dataset['backend'];
    this.toggleAttribute('failed', this.failure !== '');
  }

  private renderDemo(demo: Demo): TemplateResult {
    return html`
      <main>
        <div
          class="cards"
          @card-duplicated=${this.onDuplicated}
          @card-removed=${this.onRemoved}
          @like-requested=${() => {
            this.carousel.scrollIntoView({ block: 'nearest' });
          }}
        >
          ${repeat(
            demo.cards,
            ({ key }) => key,
            (card) => this.renderCard(demo, card),
          )}
        </div>
        ${this.renderGallery(demo)}
      </main>
      <p class="visually-hidden" role="status">${this.announcement}</p>
      <footer class="foot">
        <lit-demo-share .shared=${demo.visit.shared}></lit-demo-share>
        <details
          @toggle=${() => {
            this.aboutOpened = true;
          }}
        >
          <summary>${msg('About this demo and its model')}</summary>
          ${
            this.aboutOpened
              ? html`<div class="about">
                  ${renderAbout(demo, this.view, (view) => (this.view = view))}
                </div>`
              : nothing
          }
        </details>
      </footer>
      <section class="messages" aria-label=${msg('Messages')}>
        <lit-demo-messages
          .messages=${[...this.offline.notices(demo.own.images.length > 0), ...demo.messages.list]}
          @message-dismissed=${({ detail }: DemoEvent<'message-dismissed'>) => {
            this.offline.dismiss(detail.messageKey);
          }}
          @reload-requested=${() => {
            // With all that is typed in this page, which is kept.
            location.reload();
          }}
        ></lit-demo-messages>
      </section>
    `;
  }

  private renderGallery(demo: Demo): TemplateResult {
    const { gallery } = demo;
    return html`
      <section class="gallery" aria-label=${msg('Pictures')}>
        <lit-demo-finder
          .text=${gallery.text}
          .like=${gallery.model !== undefined}
          .ranked=${gallery.order !== undefined}
          .mute=${demo.encoder.status === 'absent'}
        ></lit-demo-finder>
        ${
          this.takesPictures
            ? html`<lit-demo-own-picture
                .bytes=${demo.own.bytes}
                .state=${demo.own.state}
                .encoder=${demo.imageEncoder}
              ></lit-demo-own-picture>`
            : nothing
        }
        <lit-demo-carousel
          .images=${gallery.order?.map((id) => demo.image(id)) ?? demo.pictures.all}
          .open=${new Set(demo.cards.map((card) => card.imageId))}
          .attempt=${demo.pictures.attempt}
          .textLanguage=${demo.manifest.language}
          @image-chosen=${this.onImageChosen}
        ></lit-demo-carousel>
      </section>
    `;
  }

  private renderCard(demo: Demo, card: Card): TemplateResult {
    return html`<lit-demo-card
      data-key=${card.key}
      .card=${card}
      .image=${demo.image(card.imageId)}
      .words=${demo.words.of(card)}
      .sets=${demo.manifest.promptSets}
      .answer=${demo.answer(card)}
      .classes=${demo.classification.list(card.key)}
      .ranking=${demo.classification.ranking(card.key)}
      .scoring=${demo.model.scoring.kind}
      .languages=${demo.model.languages}
      .textLanguage=${demo.manifest.language}
      .encoder=${demo.encoder}
      .attempt=${demo.pictures.attempt}
      .ranked=${this.view.ranked}
      .detailed=${this.view.detailed}
      .removable=${demo.cards.length > 1}
    ></lit-demo-card>`;
  }

  private renderPlaceholder(): TemplateResult {
    if (!this.failure) {
      // A link may be for another picture than the first.
      return location.hash
        ? html`<p role="status">${msg('Loading the demo…')}</p>`
        : html`<slot></slot>`;
    }
    return html`<div class="empty" role="alert">
        <p>${localizeSentence(this.failure)}</p>
        <button type="button" class="primary" @click=${() => void this.begin()}>
          ${msg('Try again')}
        </button>
      </div>
      <slot></slot>`;
  }

  private async begin(): Promise<void> {
    const again = this.failure !== '';
    this.failure = '';
    try {
      const manifest = await loadManifest(this.manifest, { fresh: again });
      const demo = new Demo(manifest, {
        openSession: (site, model, onStatus) => new PictureSession(site, model, gpuScout, onStatus),
        renewManifest: () => loadManifest(this.manifest, { fresh: true }),
        renewPicture: (url) => fetch(url, { cache: 'reload' }),
        onChange: () => {
          this.requestUpdate();
        },
        onOwnPicture: (key) => void this.invite(key),
      });
      this.demo = demo;
      const before = takeOver();
      if (before) history.replaceState(null, '', before.fragment);
      const restored = demo.restore(location.hash);
      if (before) demo.visit.takeOver(before);
      await restored;
      if (!sparesNetwork()) {
        await largestPaint();
        await idle();
        await demo.warm();
      }
      void this.offline.begin(demo, () => loadManifest(this.manifest));
    } catch (error) {
      this.failure = (error as Error).message;
    }
  }

  private async onImageChosen({ detail }: DemoEvent<'image-chosen'>): Promise<void> {
    if (!this.demo) return;
    const key = this.demo.openImage(detail.imageId);
    this.announcement = msg(str`Shown: ${this.demo.image(detail.imageId).description}`);
    const card = await this.cardElement(key);
    card?.scrollIntoView({ block: 'nearest' });
  }

  private async onDuplicated({ detail }: DemoEvent<'card-duplicated'>): Promise<void> {
    const copy = this.demo?.duplicate(detail.cardKey);
    if (copy !== undefined) (await this.cardElement(copy))?.focus();
  }

  private async onRemoved({ detail }: DemoEvent<'card-removed'>): Promise<void> {
    if (!this.demo) return;
    const { cards } = this.demo;
    const index = cards.findIndex((card) => card.key === detail.cardKey);
    const neighbour = cards[index + 1] ?? cards[index - 1];
    this.demo.remove(detail.cardKey);
    this.announcement = msg('Picture closed.');
    const next = neighbour && (await this.cardElement(neighbour.key));
    (next ?? this.carousel).focus();
  }

  /** Whether a model of the demo reads pictures of visitors' own. */
  private get takesPictures(): boolean {
    return this.demo?.manifest.models.some(({ imageEncoder }) => imageEncoder) ?? false;
  }

  private async invite(key: number): Promise<void> {
    const card = await this.cardElement(key);
    await card?.updateComplete;
    card?.scrollIntoView({ block: 'nearest' });
    card?.invite();
  }

  private async cardElement(key: number): Promise<LitDemoCard | null> {
    await this.updateComplete;
    return this.renderRoot.querySelector<LitDemoCard>(`lit-demo-card[data-key="${key}"]`);
  }
}
