import { localized, msg } from '@lit/localize';
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { fire } from './events';
import { shared } from './shared-styles';

/** What stands for the picture's own captions, and for any others; no set has a blank name. */
const OWN = '';
const OTHERS = ' ';

/**
 * A list of sets of captions to try on a picture.
 *
 * @fires own-chosen - The picture's own captions should come back.
 * @fires name-chosen - `{name}`: that set should be shown.
 */
@localized()
@customElement('lit-demo-sets')
export class LitDemoSets extends LitElement {
  static override styles = [
    shared,
    css`
      :host {
        display: inline-flex;
      }

      select {
        max-width: 100%;
        min-height: var(--target);
        padding: 0;
        border: 0;
        background: none;
        color: var(--muted);
        font: inherit;
        font-size: 0.875rem;
        font-weight: 550;
        cursor: pointer;
      }

      select:hover {
        color: var(--text);
        text-decoration: underline;
        text-underline-offset: 0.2em;
      }

      /* The list itself, where it has the page's colours. */
      option {
        background: var(--surface);
        color: var(--text);
      }
    `,
  ];

  @property({ attribute: false }) names: readonly string[] = [];
  /** The set that is shown. */
  @property({ attribute: false }) chosen: string | undefined;
  /** Whether the picture's own captions are shown. */
  @property({ type: Boolean }) own = false;
  /** The language of the demo's texts, which may not be that of the page. */
  @property({ attribute: false }) textLanguage = '';

  protected override render(): TemplateResult {
    const { chosen, own } = this;
    const others = !own && chosen === undefined;
    // Their own captions are where visitors are: the list then invites.
    const ownLabel = own ? msg('Try a set…') : msg('The picture’s own');
    return html`<select aria-label=${msg('Set of captions')} @change=${this.onChange}>
      ${others ? html`<option value=${OTHERS} selected>${msg('Try a set…')}</option>` : nothing}
      <option value=${OWN} ?selected=${own}>${ownLabel}</option>
      ${this.names.map(
        (name) =>
          html`<option
            value=${name}
            lang=${this.textLanguage || nothing}
            ?selected=${name === chosen}
          >
            ${name}
          </option>`,
      )}
    </select>`;
  }

  protected override updated(): void {
    // Undo changes what is shown after the visitor has chosen.
    const select = this.renderRoot.querySelector('select');
    if (select) select.value = this.chosen ?? (this.own ? OWN : OTHERS);
  }

  private onChange({ target }: Event): void {
    const { value } = target as HTMLSelectElement;
    if (value === OWN) fire(this, 'own-chosen', null);
    else if (value !== OTHERS) fire(this, 'name-chosen', { name: value });
  }
}
