import { localized, msg, str } from '@lit/localize';
import { css, html, LitElement, nothing, unsafeCSS, type TemplateResult } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import { hasTooMany, MAX_CLASSES, NO_RANKING, type ClassRanking } from '../state/classification';
import caption from './caption.css?inline';
import { fire } from './events';
import { formatPercent } from './format';
import { fields, shared } from './shared-styles';

/**
 * A field for the words that go into a sentence with `{}`, and those that fit the picture best.
 *
 * `data-state` on the host is the ranking's: stale, computing or current.
 *
 * @fires classes-edited - `{list}`, at every change.
 * @fires prompt-focused - The visitor is about to type.
 */
@localized()
@customElement('lit-demo-classes')
export class LitDemoClasses extends LitElement {
  static override styles = [
    shared,
    fields,
    unsafeCSS(caption),
    css`
      :host {
        display: block;
        margin-top: 0.5rem;
      }

      label {
        color: var(--muted);
        font-size: 0.875rem;
      }

      textarea {
        display: block;
        width: 100%;
        margin-top: 0.25rem;
        padding: 0.5rem 0.75rem;
        font-size: 1rem;
        resize: vertical;
      }

      p {
        margin: 0.5rem 0 0;
        color: var(--muted);
        font-size: 0.875rem;
      }

      ol {
        margin: 0;
        padding: 0;
        list-style: none;
      }

      :host([data-state='stale']) ol {
        opacity: 0.45;
      }
    `,
  ];

  @property() list = '';
  @property({ attribute: false }) ranking: ClassRanking = NO_RANKING;
  /** The language of the demo's texts, in which visitors are most likely to write. */
  @property({ attribute: false }) textLanguage = '';

  @query('textarea') private readonly input!: HTMLTextAreaElement;

  override focus(): void {
    this.input.focus();
  }

  protected override render(): TemplateResult {
    const { best } = this.ranking;
    return html`
      <label>
        ${msg('Words for {}, with commas or one on each line')}
        <textarea
          class="field"
          rows="2"
          dir=${this.list ? 'auto' : nothing}
          lang=${this.textLanguage || nothing}
          autocapitalize="none"
          .value=${this.list}
          @input=${() => {
            fire(this, 'classes-edited', { list: this.input.value });
          }}
          @focus=${() => {
            fire(this, 'prompt-focused', null);
          }}
        ></textarea>
      </label>
      ${
        hasTooMany(this.list)
          ? html`<p>${msg(str`Only the first ${MAX_CLASSES} words are used.`)}</p>`
          : nothing
      }
      ${best.length > 0 || this.ranking.count > 0 ? html`<p class="count">${this.describeCount()}</p>` : nothing}
      <ol>
        ${best.map(({ name, probability }, place) => this.renderClass(name, probability, place))}
      </ol>
      <p class="visually-hidden" role="status">${this.describeBest()}</p>
    `;
  }

  protected override updated(): void {
    this.dataset['state'] = this.ranking.state;
    // Set on the style objects, since the page's policy forbids style attributes.
    this.renderRoot.querySelectorAll('rect').forEach((fill, place) => {
      fill.style.width = `${100 * (this.ranking.best[place]?.probability ?? 0)}%`;
    });
  }

  private renderClass(name: string, probability: number, place: number): TemplateResult {
    const percent = formatPercent(probability);
    return html`<li class="caption ${place === 0 ? 'best' : ''}">
      <div class="text"><span dir="auto" lang=${this.textLanguage || nothing}>${name}</span></div>
      <span class="value">${percent}</span>
      <svg class="bar" aria-hidden="true"><rect rx="3"></rect></svg>
    </li>`;
  }

  private describeCount(): string {
    const { state, best, count, done } = this.ranking;
    if (state === 'computing') return msg(str`${done} of ${count}`);
    return msg(str`Top ${best.length} of ${count}`);
  }

  private describeBest(): string {
    const { state, best, count } = this.ranking;
    const [first] = best;
    if (state !== 'current' || !first) return '';
    return msg(str`Best of ${count}: “${first.name}”, ${formatPercent(first.probability)}`);
  }
}
