import { localized, msg, str } from '@lit/localize';
import { css, html, LitElement, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { formatCount } from '../../components/format';
import { save } from '../../components/hand-on';
import { buttons, row, shared } from '../../components/shared-styles';
import { localizeSentence } from '../../localization/language';
import { toCsv, type Listed } from './csv';
import type { Order } from './order';
import type { Picture } from './records';

/** How many pictures a list has at most. */
export const MOST_LISTED = 1000;

/** A button that saves what is shown, or its beginning, as a list for a spreadsheet. */
@localized()
@customElement('lit-demo-list')
export class LitDemoList extends LitElement {
  static override styles = [
    shared,
    buttons,
    row,
    css`
      p {
        margin: 0;
        color: var(--muted);
        font-size: 0.9375rem;
      }
    `,
  ];

  @property({ attribute: false }) order!: Order;
  /** Loads what is known of the picture at a position. */
  @property({ attribute: false }) load!: (position: number) => Promise<Picture>;

  @state() private progress = '';
  @state() private busy = false;

  protected override render(): TemplateResult {
    return html`
      <button type="button" aria-disabled=${this.busy ? 'true' : 'false'} @click=${this.download}>
        ${msg('Download the list (CSV)')}
      </button>
      <p role="status">${this.progress}</p>
    `;
  }

  private async download(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    const { order } = this;
    const count = Math.min(MOST_LISTED, order.length);
    try {
      const list: Listed[] = [];
      for (let place = 0; place < count; place++) {
        const picture = await this.load(order.positionAt(place));
        list.push({ picture, similarity: order.similarityAt(place) });
        if (place % 100 === 0) this.progress = this.describe(place, count);
      }
      save(new File([toCsv(list)], 'pictures.csv', { type: 'text/csv' }));
      this.progress = msg(str`Saved: ${formatCount(count)} pictures.`);
    } catch (error) {
      this.progress = localizeSentence((error as Error).message);
    }
    this.busy = false;
  }

  private describe(place: number, count: number): string {
    return msg(str`${formatCount(place)} of ${formatCount(count)}`);
  }
}
