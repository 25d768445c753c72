import { localized, msg } from '@lit/localize';
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { listenWithin } from '../components/demo-actions';
import '../components/lit-demo-card';
import '../components/lit-demo-messages';
import type { SiteManifest } from '../generated/manifest';
import { rankPrompts, type Answer } from '../state/answers';
import { scoredFields } from '../state/cards';
import { Demo } from '../state/demo';
import { currentDirection, currentLanguage, localizeSentence } from '../localization/language';
import { formatFragment } from '../state/link';
import type { Message } from '../state/messages';
import { styles } from './lit-demo.styles';
import type { LitDemoElement, LitDemoEvents } from './public';
import { shareLanguage } from './shared-language';
import { shareSession } from './shared-session';
import { loadSite, locateSite, renewSite } from './sites';

/** An attribute asks for what the demo does not have, which no second try changes. */
class WishError extends Error {
  override readonly name = 'WishError';
}

/** The attributes that say what is shown. */
const WISHES = ['src', 'picture', 'model', 'captions'] as const;

/**
 * A picture of a demo with its captions, on a page of others.
 *
 * Elements that show the same demo share its model, which is loaded once a visitor turns to the box. It
 * changes nothing of the page around: not its address, its styles or what it keeps in the browser. All
 * elements of a page speak the language that the first of them asks for, by its `lang` or its demo's.
 *
 * @fires lit-demo-answer - `LitDemoAnswer`: an answer is shown.
 * @fires lit-demo-error - `LitDemoFailure`: something went wrong.
 * @slot - Shown until the demo is there, and where it cannot be.
 */
@localized()
@customElement('lit-demo')
export class LitDemo extends LitElement implements LitDemoElement {
  static override styles = styles;

  @property() src: string | null = null;
  @property() picture: string | null = null;
  @property() model: string | null = null;
  @property() captions: string | null = null;

  @state() private demo: Demo | undefined;
  @state() private failure: Error | undefined;

  /** Where the demo is that is shown. */
  private url = '';
  /** Tells what was begun last from what it has replaced. */
  private turn = 0;
  private told: Answer | undefined;
  private readonly toldMessages = new WeakSet<Message>();
  private readonly darkness = matchMedia('(prefers-color-scheme: dark)');

  override connectedCallback(): void {
    super.connectedCallback();
    this.darkness.addEventListener('change', this.onDarkness);
    if (this.hasUpdated) void this.begin();
  }

  override disconnectedCallback(): void {
    this.darkness.removeEventListener('change', this.onDarkness);
    this.turn += 1;
    this.show(undefined);
    super.disconnectedCallback();
  }

  protected override createRenderRoot(): HTMLElement | DocumentFragment {
    const root = super.createRenderRoot();
    listenWithin(root, () => this.demo);
    return root;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!this.hasUpdated || WISHES.some((name) => changed.has(name))) void this.begin();
  }

  protected override render(): TemplateResult {
    const { demo, failure } = this;
    const card = demo?.cards[0];
    if (failure) {
      return html`
        <div role="alert" lang=${currentLanguage()} dir=${currentDirection()}>
          <p>${localizeSentence(failure.message)}</p>
          ${
            failure instanceof WishError
              ? nothing
              : html`<button type="button" @click=${this.begin}>${msg('Try again')}</button>`
          }
        </div>
        <slot></slot>
      `;
    }
    if (!demo || !card) return html`<slot><p role="status">${msg('Loading the demo…')}</p></slot>`;
    return html`<div lang=${currentLanguage()} dir=${currentDirection()}>
      <lit-demo-card
        .card=${card}
        .image=${demo.image(card.imageId)}
        .answer=${demo.answer(card)}
        .scoring=${demo.model.scoring.kind}
        .languages=${demo.model.languages}
        .textLanguage=${demo.manifest.language}
        .encoder=${demo.encoder}
        .attempt=${demo.pictures.attempt}
      ></lit-demo-card>
      <a
        class="open"
        href=${new URL(demo.visit.fragment, this.url).href}
        target="_blank"
        rel="noopener"
      >
        ${msg('Open the demo')}
      </a>
      <lit-demo-messages .messages=${demo.messages.list}></lit-demo-messages>
    </div>`;
  }

  protected override updated(): void {
    this.dataset['scheme'] = this.isDark ? 'dark' : 'light';
    this.tellAnswer();
    for (const message of this.demo?.messages.list ?? []) this.tellMessage(message);
  }

  /** Loads the demo and shows what the attributes ask for, in the place of what was shown. */
  private async begin(): Promise<void> {
    const turn = (this.turn += 1);
    this.failure = undefined;
    try {
      const url = locateSite(this.src);
      const manifest = await loadSite(url);
      await shareLanguage(this.lang || manifest.language);
      // Whoever takes the element from the page lets it go; back there, it begins again.
      if (turn !== this.turn || !this.isConnected) return;
      const fragment = this.describeWishes(manifest);
      const demo = openDemo(manifest, url, () => {
        this.requestUpdate();
      });
      const restored = demo.restore(fragment);
      this.show(demo);
      this.url = url;
      await restored;
    } catch (error) {
      if (turn !== this.turn) return;
      this.show(undefined);
      this.failure = error as Error;
      this.tell('lit-demo-error', { message: localizeSentence(this.failure.message) });
    }
  }

  /** The last demo ends when the next one has begun, so that a model which both use is kept. */
  private show(demo: Demo | undefined): void {
    this.demo?.close();
    this.demo = demo;
    this.told = undefined;
  }

  /** The link to what the attributes ask for. */
  private describeWishes({ images, models }: SiteManifest): string {
    const { model, captions } = this;
    const imageId = this.picture ?? images[0].id;
    if (!images.some(({ id }) => id === imageId)) {
      throw new WishError(`This demo has no picture “${imageId}”.`);
    }
    if (model !== null && !models.some(({ id }) => id === model)) {
      throw new WishError(`This demo has no model “${model}”.`);
    }
    const texts = captions?.split('\n').map((text) => text.trim()) ?? [];
    return formatFragment({ modelId: model ?? undefined, cards: [{ imageId, texts }] });
  }

  private tellAnswer(): void {
    const { demo } = this;
    const card = demo?.cards[0];
    if (!demo || !card) return;
    const answer = demo.answer(card);
    if (answer.state !== 'current' || answer === this.told) return;
    this.told = answer;
    this.tell('lit-demo-answer', {
      picture: card.imageId,
      model: demo.model.id,
      captions: rankPrompts(scoredFields(card), answer).flatMap((key) => {
        const score = answer.scores.get(key);
        return score ? { text: score.text, probability: score.probability } : [];
      }),
    });
  }

  private tellMessage(message: Message): void {
    if (message.kind !== 'error' || this.toldMessages.has(message)) return;
    this.toldMessages.add(message);
    this.tell('lit-demo-error', { message: message.text });
  }

  private tell<Name extends keyof LitDemoEvents>(name: Name, detail: LitDemoEvents[Name]): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true }));
  }

  private readonly onDarkness = (): void => {
    this.requestUpdate();
  };

  /** Whether the page around is dark, which it says by `color-scheme`; one that says nothing is light. */
  private get isDark(): boolean {
    const schemes = getComputedStyle(this).colorScheme.split(' ');
    if (!schemes.includes('dark')) return false;
    return !schemes.includes('light') || this.darkness.matches;
  }
}

function openDemo(manifest: SiteManifest, url: string, onChange: () => void): Demo {
  return new Demo(manifest, {
    openSession: shareSession,
    renewManifest: () => renewSite(url),
    renewPicture: (picture) => fetch(picture, { cache: 'reload' }),
    onChange,
    onOwnPicture: () => undefined,
  });
}
