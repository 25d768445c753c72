import { localized, msg } from '@lit/localize';
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { shared } from '../../components/shared-styles';
import { fire } from './events';
import { grid } from './lit-demo-grid.styles';
import { targetOf } from './grid-keys';
import { BEYOND, GridRows, type Rows } from './grid-rows';
import { inOrder, type Order } from './order';
import type { Picture } from './records';
import { Thumbnails } from './thumbnails';

/**
 * Any number of pictures, of which those near the screen are there; the page itself scrolls.
 *
 * One stop in the order of tabs: arrow keys, Home, End and the page keys move within it. What has the
 * focus stays there however far the page is scrolled.
 *
 * @fires places-shown - `{first, end, drawn}`, whenever these change.
 * @fires place-chosen - `{place}`
 */
@localized()
@customElement('lit-demo-grid')
export class LitDemoGrid extends LitElement {
  static override styles = [shared, grid];

  static {
    // Which rows are near the screen is known when they, and all above them, are laid out.
    this.disableWarning?.('change-in-update');
  }

  @property({ attribute: false }) order: Order = inOrder(0);
  /** Another one brings the first picture to the screen. */
  @property() view = '';
  /** What is known of the picture at a position; changes without another function. */
  @property({ attribute: false, hasChanged: () => true }) find: (
    position: number,
  ) => Picture | undefined = () => undefined;
  /** The address that opens a picture. */
  @property({ attribute: false, hasChanged: () => false }) linkTo: (picture: Picture) => string =
    () => '';
  /** The language of the pictures' descriptions. */
  @property({ attribute: false }) textLanguage = '';
  /** How many pixels at the top of the screen are covered. */
  @property({ attribute: false }) covered = 0;
  /** Pictures that failed are loaded anew when this changes. */
  @property({ attribute: false }) attempt = 0;

  @state() private current = 0;
  /** The rows that are drawn; the end is not. */
  @state({ hasChanged: (a: Rows, b?: Rows) => a.start !== b?.start || a.end !== b.end })
  private rows: Rows = { start: 0, end: 0 };

  @query('.box') private readonly box!: HTMLElement;

  private readonly layout = new GridRows(this);
  private readonly thumbnails = new Thumbnails(() => {
    this.requestUpdate();
  });
  /** Of the rows as they are drawn. */
  private offset = 0;
  private told = '';
  private toldOrder: Order | undefined;
  private frame = 0;
  private readonly sizes = new ResizeObserver(() => {
    this.measure();
  });

  override connectedCallback(): void {
    super.connectedCallback();
    this.sizes.observe(this);
    window.addEventListener('scroll', this.onScroll, { passive: true });
    window.addEventListener('resize', this.onScroll);
  }

  override disconnectedCallback(): void {
    this.sizes.disconnect();
    cancelAnimationFrame(this.frame);
    window.removeEventListener('scroll', this.onScroll);
    window.removeEventListener('resize', this.onScroll);
    super.disconnectedCallback();
  }

  /** Brings a place to the top of the screen. */
  async reveal(place: number): Promise<void> {
    // What is drawn may be what shows how large all is.
    while (!(await this.updateComplete));
    this.layout.reveal(place);
    this.follow();
  }

  /** Moves the focus to a place, and brings it to the screen if it is not there. */
  async focusPlace(place: number): Promise<void> {
    this.current = Math.max(0, Math.min(this.order.length - 1, place));
    this.layout.bringIn(this.current);
    this.follow();
    await this.updateComplete;
    this.linkAt(this.current)?.focus({ preventScroll: true });
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('attempt')) this.thumbnails.retry();
    if (changed.has('view')) this.current = 0;
    this.layout.covered = this.covered;
    if (!changed.has('order') && !changed.has('view')) return;
    this.layout.layOut(this.order.length, changed.has('view'));
    this.rows = this.layout.near;
  }

  protected override render(): TemplateResult {
    const rows = this.drawnRows();
    return html`<div
      class="box"
      role="grid"
      aria-label=${msg('Pictures')}
      aria-rowcount=${Math.ceil(this.order.length / this.layout.columns)}
      aria-colcount=${this.layout.columns}
      @keydown=${this.onKeydown}
    >
      ${repeat(
        rows,
        (row) => row,
        (row) => this.renderRow(row),
      )}
    </div>`;
  }

  protected override firstUpdated(): void {
    this.measure();
  }

  protected override updated(changed: PropertyValues<this>): void {
    // Set on the style objects, since the page's policy forbids style attributes.
    const { layout } = this;
    this.style.setProperty('--columns', `${layout.columns}`);
    this.box.style.height = `${layout.height}px`;
    for (const row of this.renderRoot.querySelectorAll<HTMLElement>('.row')) {
      const top = layout.rowHeight * Number(row.dataset['row']) - layout.offset;
      row.style.transform = `translateY(${top}px)`;
    }
    this.offset = layout.offset;
    if (changed.has('view')) layout.goToStart();
    this.follow();
    this.tell();
  }

  private renderRow(row: number): TemplateResult {
    const { columns } = this.layout;
    const start = row * columns;
    const count = Math.min(columns, this.order.length - start);
    return html`<div class="row" role="row" data-row=${row} aria-rowindex=${row + 1}>
      ${Array.from({ length: count }, (_, i) => this.renderCell(start + i, i))}
    </div>`;
  }

  private renderCell(place: number, column: number): TemplateResult {
    const picture = this.find(this.order.positionAt(place));
    return html`<div role="gridcell" aria-colindex=${column + 1}>
      <a
        role="link"
        href=${picture ? this.linkTo(picture) : nothing}
        data-place=${place}
        tabindex=${place === this.entry ? 0 : -1}
        aria-label=${picture ? nothing : msg('Loading…')}
        lang=${picture && this.textLanguage ? this.textLanguage : nothing}
        draggable="false"
        @focus=${() => {
          this.current = place;
        }}
        @click=${(event: MouseEvent) => {
          this.choose(event, place);
        }}
        >${picture ? this.thumbnails.render(picture) : nothing}</a
      >
    </div>`;
  }

  private readonly onScroll = (): void => {
    cancelAnimationFrame(this.frame);
    this.frame = requestAnimationFrame(() => {
      this.follow();
      this.tell();
    });
  };

  private choose(event: MouseEvent, place: number): void {
    // In another tab, the browser opens it.
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    fire(this, 'place-chosen', { place });
  }

  private onKeydown(event: KeyboardEvent): void {
    const { columns, page } = this.layout;
    const isRtl = getComputedStyle(this).direction === 'rtl';
    const last = this.order.length - 1;
    const target = targetOf(event, { place: this.current, columns, page, last, isRtl });
    if (target === undefined) return;
    event.preventDefault();
    void this.focusPlace(target);
  }

  /** The place at which the tab key comes in. */
  private get entry(): number {
    const { start, end } = this.rows;
    const { columns } = this.layout;
    const row = Math.floor(this.current / columns);
    if (this.drawnRows().includes(row)) return this.current;
    const inside = Math.min(start + BEYOND, end - 1);
    return Math.min(this.order.length - 1, inside * columns);
  }

  /** Those near the screen, and the one with the focus. */
  private drawnRows(): number[] {
    const { start, end } = this.rows;
    const rows = Array.from({ length: end - start }, (_, i) => start + i);
    const focused = Math.floor(this.current / this.layout.columns);
    if (!this.hasFocus || (focused >= start && focused < end)) return rows;
    return focused < start ? [focused, ...rows] : [...rows, focused];
  }

  private get hasFocus(): boolean {
    return this.shadowRoot?.activeElement != null;
  }

  private linkAt(place: number): HTMLElement | null {
    return this.renderRoot.querySelector<HTMLElement>(`a[data-place="${place}"]`);
  }

  /** Takes the size of the element, and keeps the picture at the top of the screen there. */
  private measure(): void {
    const { first } = this.layout;
    const isOther = this.layout.measure();
    this.rows = this.layout.near;
    this.requestUpdate();
    if (isOther && first > 0) void this.reveal(first);
  }

  private follow(): void {
    this.layout.follow();
    this.rows = this.layout.near;
    // Rows that are there already lie elsewhere in the box.
    if (this.layout.offset !== this.offset) this.requestUpdate();
  }

  private tell(): void {
    const { layout, order, rows } = this;
    const { first, end, columns } = layout;
    const told = [columns, rows.start, rows.end, first, end].join(' ');
    if (told === this.told && order === this.toldOrder) return;
    this.told = told;
    this.toldOrder = order;
    const start = rows.start * columns;
    const count = Math.max(0, Math.min(order.length, rows.end * columns) - start);
    const drawn = Array.from({ length: count }, (_, i) => start + i);
    fire(this, 'places-shown', { first, end, drawn });
  }
}
