import { localized, msg, str } from '@lit/localize';
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { formatCount } from '../../components/format';
import { CLOSE } from '../../components/icons';
import { buttons, shared } from '../../components/shared-styles';
import type { Column } from '../../generated/manifest';
import { fire } from './events';
import { summaries } from './summary-styles';
import type { Choice } from './filters';

/**
 * The values of the columns by which pictures can be filtered, folded until they are wanted.
 *
 * @fires choice-toggled - `{column, value}`
 * @fires choices-cleared - All pictures are wanted again.
 */
@localized()
@customElement('lit-demo-filters')
export class LitDemoFilters extends LitElement {
  static override styles = [
    shared,
    buttons,
    summaries,
    css`
      :host {
        display: block;
      }

      .line {
        display: flex;
        flex-wrap: wrap;
        align-items: start;
        gap: 0 1rem;
      }

      details {
        min-width: 0;
      }

      details[open] {
        flex-basis: 100%;
      }

      fieldset {
        margin: 0 0 0.75rem;
        padding: 0;
        border: 0;
      }

      legend {
        padding: 0;
        color: var(--muted);
        font-size: 0.875rem;
        font-weight: 600;
      }

      .values {
        display: flex;
        flex-wrap: wrap;
        gap: 0 1.25rem;
        max-height: 16rem;
        overflow-y: auto;
      }

      label {
        display: flex;
        align-items: center;
        gap: 0.5rem;
        min-height: var(--target);
        min-width: var(--target);
        overflow-wrap: anywhere;
      }

      input {
        flex: none;
        width: 1.15rem;
        height: 1.15rem;
        margin: 0;
        accent-color: var(--accent);
      }

      @media print {
        :host {
          display: none;
        }
      }
    `,
  ];

  @property({ attribute: false }) columns: readonly Column[] = [];
  @property({ attribute: false }) choices: readonly Choice[] = [];
  /** The language of the columns. */
  @property({ attribute: false }) textLanguage = '';

  protected override render(): TemplateResult | typeof nothing {
    const { columns, choices } = this;
    if (columns.length === 0) return nothing;
    const count = formatCount(choices.length);
    return html`<div class="line">
      <details>
        <summary>${choices.length > 0 ? msg(str`Filter (${count})`) : msg('Filter')}</summary>
        ${columns.map((column) => this.renderColumn(column))}
      </details>
      ${
        choices.length > 0
          ? html`<button
              type="button"
              class="quiet"
              @click=${() => {
                fire(this, 'choices-cleared', null);
              }}
            >
              ${CLOSE}${msg('Clear filter')}
            </button>`
          : nothing
      }
    </div>`;
  }

  private renderColumn({ name, values }: Column): TemplateResult {
    return html`<fieldset lang=${this.textLanguage || nothing}>
      <legend dir="auto">${name}</legend>
      <div class="values">${values.map((value) => this.renderValue(name, value))}</div>
    </fieldset>`;
  }

  private renderValue(column: string, value: string): TemplateResult {
    const isChosen = this.choices.some(
      (choice) => choice.column === column && choice.value === value,
    );
    return html`<label>
      <input
        type="checkbox"
        .checked=${isChosen}
        @change=${() => {
          fire(this, 'choice-toggled', { column, value });
        }}
      />
      <span dir="auto">${value}</span>
    </label>`;
  }
}
