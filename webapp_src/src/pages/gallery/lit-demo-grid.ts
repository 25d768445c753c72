import { localized, msg } from '@lit/localize';
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { keyed } from 'lit/directives/keyed.js';
import { repeat } from 'lit/directives/repeat.js';
import { shared } from '../../components/shared-styles';
import { fire } from './events';
import { grid } from './lit-demo-grid.styles';
import { targetOf } from './grid-keys';
import { inOrder, type Order } from './order';
import type { Picture } from './records';
import { TallScroll } from './tall-scroll';

/** How many pictures are beside each other at least, and how wide they are else, with the gap. */
const FEWEST = 3;
const WIDTH = 156;
const GAP = 6;
/** Rows that are drawn beyond each end of the screen. */
const BEYOND = 3;

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

  @state() private columns = FEWEST;
  @state() private current = 0;
  /** The rows that are drawn; the end is not. */
  @state({ hasChanged: (a: Rows, b?: Rows) => a.start !== b?.start || a.end !== b.end })
  private rows: Rows = { start: 0, end: 0 };
  @state() private failed: ReadonlySet<string> = new Set();

  @query('.box') private readonly box!: HTMLElement;

  private rowHeight = WIDTH;
  private tall = new TallScroll(0, 0);
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
    this.goTo(this.topOf(place) - this.covered);
  }

  /** Moves the focus to a place, and brings it to the screen if it is not there. */
  async focusPlace(place: number): Promise<void> {
    this.current = Math.max(0, Math.min(this.order.length - 1, place));
    const top = this.topOf(this.current);
    const { from, to } = this.seen;
    if (top < from) this.goTo(top - this.covered);
    else if (top + this.rowHeight > to) this.goTo(top + this.rowHeight - innerHeight);
    await this.updateComplete;
    this.linkAt(this.current)?.focus({ preventScroll: true });
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('attempt')) this.failed = new Set();
    if (changed.has('view')) this.current = 0;
    if (changed.has('order') || changed.has('view')) this.layOut(changed.has('view'));
  }

  protected override render(): TemplateResult {
    const rows = this.drawnRows();
    return html`<div
      class="box"
      role="grid"
      aria-label=${msg('Pictures')}
      aria-rowcount=${Math.ceil(this.order.length / this.columns)}
      aria-colcount=${this.columns}
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
    this.style.setProperty('--columns', `${this.columns}`);
    this.box.style.height = `${Math.max(0, this.tall.height - GAP)}px`;
    for (const row of this.renderRoot.querySelectorAll<HTMLElement>('.row')) {
      const top = this.topOf(Number(row.dataset['row']) * this.columns) - this.tall.offset;
      row.style.transform = `translateY(${top}px)`;
    }
    if (changed.has('view') && this.scrolled > 0) this.goTo(-this.covered);
    this.follow();
    this.tell();
  }

  private renderRow(row: number): TemplateResult {
    const start = row * this.columns;
    const count = Math.min(this.columns, this.order.length - start);
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
        >${picture ? this.renderPicture(picture) : nothing}</a
      >
    </div>`;
  }

  private renderPicture({ thumbnail, description }: Picture): TemplateResult {
    if (this.failed.has(thumbnail)) return html`<span class="missing">${description}</span>`;
    return html`${keyed(
      thumbnail,
      html`<img
        src=${thumbnail}
        width="224"
        height="224"
        alt=${description}
        loading="lazy"
        decoding="async"
        draggable="false"
        @error=${() => {
          this.failed = new Set([...this.failed, thumbnail]);
        }}
      />`,
    )}`;
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
    const { columns, order } = this;
    const page = columns * Math.max(1, Math.floor((innerHeight - this.covered) / this.rowHeight));
    const isRtl = getComputedStyle(this).direction === 'rtl';
    const last = order.length - 1;
    const target = targetOf(event, { place: this.current, columns, page, last, isRtl });
    if (target === undefined) return;
    event.preventDefault();
    void this.focusPlace(target);
  }

  /** The place at which the tab key comes in. */
  private get entry(): number {
    const { start, end } = this.rows;
    const row = Math.floor(this.current / this.columns);
    if (this.drawnRows().includes(row)) return this.current;
    const inside = Math.min(start + BEYOND, end - 1);
    return Math.min(this.order.length - 1, inside * this.columns);
  }

  /** Those near the screen, and the one with the focus. */
  private drawnRows(): number[] {
    const { start, end } = this.rows;
    const rows = Array.from({ length: end - start }, (_, i) => start + i);
    const focused = Math.floor(this.current / this.columns);
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
    const width = this.clientWidth;
    if (width === 0) return;
    const { columns } = this;
    const first = this.firstSeen;
    this.columns = Math.max(FEWEST, Math.floor((width + GAP) / WIDTH));
    this.rowHeight = (width + GAP) / this.columns;
    this.layOut(false);
    this.requestUpdate();
    if (columns !== this.columns && first > 0) void this.reveal(first);
  }

  /** Makes room for all rows, and goes to the start or stays. */
  private layOut(atStart: boolean): void {
    const content = this.tall.contentAt(this.scrolled);
    const rows = Math.ceil(this.order.length / this.columns);
    this.tall = new TallScroll(rows * this.rowHeight, innerHeight);
    this.tall.place(atStart ? Math.min(0, content) : content);
    this.findRows();
  }

  /** How far the box is scrolled; negative while something is above it. */
  private get scrolled(): number {
    return -this.getBoundingClientRect().top;
  }

  /** The part of the content that is seen. */
  private get seen(): { from: number; to: number } {
    const content = this.tall.contentAt(this.scrolled);
    return { from: content + this.covered, to: content + innerHeight };
  }

  private get firstSeen(): number {
    const row = Math.max(0, Math.floor((this.seen.from + GAP) / this.rowHeight));
    return Math.max(0, Math.min(this.order.length - 1, row * this.columns));
  }

  private topOf(place: number): number {
    return Math.floor(place / this.columns) * this.rowHeight;
  }

  /** Scrolls the page so that a part of the content is at the top of the screen. */
  private goTo(content: number): void {
    const start = this.getBoundingClientRect().top + scrollY;
    window.scrollTo({ top: start + this.tall.place(content), behavior: 'instant' });
    this.follow();
  }

  private follow(): void {
    const instead = this.tall.follow(this.scrolled);
    if (instead !== undefined) {
      const start = this.getBoundingClientRect().top + scrollY;
      window.scrollTo({ top: start + instead, behavior: 'instant' });
    }
    this.findRows();
  }

  private findRows(): void {
    const { from, to } = this.seen;
    const all = Math.ceil(this.order.length / this.columns);
    const start = Math.max(0, Math.min(all, Math.floor(from / this.rowHeight) - BEYOND));
    const end = Math.max(start, Math.min(all, Math.ceil(to / this.rowHeight) + BEYOND));
    const { offset } = this.tall;
    // Rows that are there already lie elsewhere in the box.
    if (offset !== this.drawnOffset) this.requestUpdate();
    this.drawnOffset = offset;
    this.rows = { start, end };
  }

  private drawnOffset = 0;

  private tell(): void {
    const { columns, order } = this;
    const { start, end } = this.rows;
    const shown = Math.min(order.length, Math.ceil(this.seen.to / this.rowHeight) * columns);
    const told = [columns, start, end, this.firstSeen, shown].join(' ');
    if (told === this.told && order === this.toldOrder) return;
    this.told = told;
    this.toldOrder = order;
    const last = Math.min(order.length, end * columns);
    const drawn = Array.from(
      { length: Math.max(0, last - start * columns) },
      (_, i) => start * columns + i,
    );
    fire(this, 'places-shown', { first: this.firstSeen, end: Math.max(0, shown), drawn });
  }
}

interface Rows {
  readonly start: number;
  readonly end: number;
}
