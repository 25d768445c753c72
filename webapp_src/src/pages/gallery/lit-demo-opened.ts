import { localized, msg, str } from '@lit/localize';
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { join } from 'lit/directives/join.js';
import { keyed } from 'lit/directives/keyed.js';
import { renderClose } from '../../components/close-button';
import { formatCosine, formatCount } from '../../components/format';
import { BACK, COPY, FORWARD, PICTURES } from '../../components/icons';
import { renderLicense } from '../../components/license';
import { buttons, fields, shared } from '../../components/shared-styles';
import { currentLanguage } from '../../localization/language';
import { fire } from './events';
import { opened } from './lit-demo-opened.styles';
import type { Picture } from './records';

/**
 * A picture over the page, with what is known of it; the arrow keys turn to the next.
 *
 * @fires opened-turned - `{by}`: the next picture is wanted, or the one before.
 * @fires opened-closed - The page is wanted again.
 * @fires like-wanted - Pictures like this one are wanted.
 */
@localized()
@customElement('lit-demo-opened')
export class LitDemoOpened extends LitElement {
  static override styles = [shared, buttons, fields, opened];

  /** None is open if there is none. */
  @property({ attribute: false }) picture: Picture | undefined;
  /** Its place in what is shown, counted from 0, if it has one. */
  @property({ attribute: false }) place: number | undefined;
  /** How many pictures are shown. */
  @property({ attribute: false }) count = 0;
  /** How alike it is to what was looked for. */
  @property({ attribute: false }) similarity: number | undefined;
  /** The fragment that opens it. */
  @property({ attribute: false }) link = '';
  /** The language of the description. */
  @property({ attribute: false }) textLanguage = '';

  @state() private outcome: 'none' | 'copied' | 'shown' = 'none';
  /** Whether the whole picture could not be loaded, so that its thumbnail is shown. */
  @state() private failed = false;

  @query('dialog') private readonly dialog!: HTMLDialogElement;
  @query('input') private readonly field!: HTMLInputElement | null;

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('picture')) return;
    this.outcome = 'none';
    this.failed = false;
  }

  protected override render(): TemplateResult {
    return html`<dialog
      aria-labelledby="description"
      @keydown=${this.onKeydown}
      @close=${() => {
        if (this.picture) fire(this, 'opened-closed', null);
      }}
      @click=${({ target }: Event) => {
        if (target === this.dialog) this.dialog.close();
      }}
    >
      ${this.picture ? this.renderPicture(this.picture) : nothing}
    </dialog>`;
  }

  protected override updated(): void {
    if (this.picture && !this.dialog.open) this.dialog.showModal();
    else if (!this.picture && this.dialog.open) this.dialog.close();
  }

  private renderPicture(picture: Picture): TemplateResult {
    const { description, width, height, address, thumbnail } = picture;
    return html`
      <div class="bar">
        ${this.renderTurn(-1, msg('Previous picture'), BACK)}
        <p>${this.describePlace()}</p>
        ${this.renderTurn(1, msg('Next picture'), FORWARD)}
        ${renderClose(() => {
          this.dialog.close();
        })}
      </div>
      <div class="picture">
        ${keyed(
          `${picture.position} ${this.failed}`,
          html`<img
            src=${address !== null && !this.failed ? address : thumbnail}
            width=${width}
            height=${height}
            alt=""
            @error=${() => {
              this.failed = true;
            }}
          />`,
        )}
      </div>
      <div class="text">
        <h2 id="description" dir="auto" lang=${this.textLanguage || nothing}>${description}</h2>
        ${this.renderCredit(picture)}
        <div class="actions">
          <button
            type="button"
            class="primary"
            @click=${() => {
              fire(this, 'like-wanted', null);
            }}
          >
            ${PICTURES}${msg('More like this')}
          </button>
          <button type="button" @click=${this.copy}>${COPY}${msg('Copy link')}</button>
          <p role="status">${this.outcome === 'copied' ? msg('Link copied.') : ''}</p>
          ${
            this.outcome === 'shown'
              ? html`<input
                  class="field"
                  readonly
                  aria-label=${msg('Link to this picture')}
                  .value=${this.url}
                />`
              : nothing
          }
        </div>
      </div>
    `;
  }

  private renderTurn(by: 1 | -1, label: string, icon: unknown): TemplateResult {
    const { place, count } = this;
    const isEnd = place === undefined || place + by < 0 || place + by >= count;
    return html`<button
      type="button"
      class="icon turn"
      aria-label=${label}
      title=${label}
      aria-disabled=${isEnd ? 'true' : nothing}
      @click=${() => {
        this.turn(by);
      }}
    >
      ${icon}
    </button>`;
  }

  private renderCredit(picture: Picture): TemplateResult | typeof nothing {
    const { author, license, source, address } = picture;
    const say = (text: unknown): TemplateResult =>
      html`<span lang=${currentLanguage()}>${text}</span>`;
    const follow = (url: string, text: string): TemplateResult =>
      html`<a href=${url} rel="external noopener" lang=${currentLanguage()}>${text}</a>`;
    const parts = [
      author !== null && say(msg(str`Photo: ${author}`)),
      license !== null && renderLicense(license),
      source !== null && follow(source, msg('Source')),
      address !== null && follow(address, msg('The whole picture')),
      this.similarity !== undefined && say(msg(str`Similarity: ${formatCosine(this.similarity)}`)),
    ].filter((part) => part !== false);
    return parts.length > 0 ? html`<p class="credit">${join(parts, ' · ')}</p>` : nothing;
  }

  private describePlace(): string {
    const { place, count } = this;
    return place === undefined ? '' : msg(str`${formatCount(place + 1)} of ${formatCount(count)}`);
  }

  private onKeydown(event: KeyboardEvent): void {
    const { key, altKey, ctrlKey, metaKey } = event;
    if (altKey || ctrlKey || metaKey || event.composedPath()[0] === this.field) return;
    if (key !== 'ArrowLeft' && key !== 'ArrowRight') return;
    event.preventDefault();
    const isRtl = getComputedStyle(this).direction === 'rtl';
    this.turn((key === 'ArrowRight') === isRtl ? -1 : 1);
  }

  private turn(by: 1 | -1): void {
    if (this.place !== undefined) fire(this, 'opened-turned', { by });
  }

  private get url(): string {
    return new URL(this.link, location.href).href;
  }

  private async copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(this.url);
      this.outcome = 'copied';
    } catch {
      // Browsers may refuse; the link is then there to be copied by hand.
      this.outcome = 'shown';
      await this.updateComplete;
      this.field?.select();
    }
  }
}
