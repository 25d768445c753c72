import { TallScroll } from './tall-scroll';

/** How many pictures are beside each other at least, and how wide they are else, with the gap. */
const FEWEST = 3;
const WIDTH = 156;
const GAP = 6;
/** Rows that are drawn beyond each end of the screen. */
export const BEYOND = 3;

/** Rows next to each other; the end is not one of them. */
export interface Rows {
  readonly start: number;
  readonly end: number;
}

/** Where the rows of a grid are in the page, which scrolls, and which of them are near the screen. */
export class GridRows {
  columns = FEWEST;
  rowHeight = WIDTH;
  /** How many pixels at the top of the screen are covered. */
  covered = 0;
  private count = 0;
  private tall = new TallScroll(0, 0);

  /** @param grid The element that is as tall as all rows. */
  constructor(private readonly grid: HTMLElement) {}

  /** How tall the element is to be. */
  get height(): number {
    return Math.max(0, this.tall.height - GAP);
  }

  /** How far above its place a row lies in the element. */
  get offset(): number {
    return this.tall.offset;
  }

  /** The rows near the screen. */
  get near(): Rows {
    const { from, to } = this.seen;
    const all = Math.ceil(this.count / this.columns);
    const start = Math.max(0, Math.min(all, Math.floor(from / this.rowHeight) - BEYOND));
    const end = Math.max(start, Math.min(all, Math.ceil(to / this.rowHeight) + BEYOND));
    return { start, end };
  }

  /** The first place of the first row that is seen. */
  get first(): number {
    const row = Math.max(0, Math.floor((this.seen.from + GAP) / this.rowHeight));
    return Math.max(0, Math.min(this.count - 1, row * this.columns));
  }

  /** The place after the last one that is seen. */
  get end(): number {
    const rows = Math.max(0, Math.ceil(this.seen.to / this.rowHeight));
    return Math.min(this.count, rows * this.columns);
  }

  /** How many places there are on a screen. */
  get page(): number {
    return this.columns * Math.max(1, Math.floor((innerHeight - this.covered) / this.rowHeight));
  }

  /** How far above the row of a place all others are. */
  topOf(place: number): number {
    return Math.floor(place / this.columns) * this.rowHeight;
  }

  /** Takes the element's width; returns whether that changes the number of columns. */
  measure(): boolean {
    const width = this.grid.clientWidth;
    if (width === 0) return false;
    const { columns } = this;
    this.columns = Math.max(FEWEST, Math.floor((width + GAP) / WIDTH));
    this.rowHeight = (width + GAP) / this.columns;
    this.layOut(this.count, false);
    return columns !== this.columns;
  }

  /** Makes room for so many pictures, and goes to the first of them or stays. */
  layOut(count: number, atStart: boolean): void {
    const content = this.tall.contentAt(this.scrolled);
    this.count = count;
    const rows = Math.ceil(count / this.columns);
    this.tall = new TallScroll(rows * this.rowHeight, innerHeight);
    this.tall.place(atStart ? Math.min(0, content) : content);
  }

  /** Scrolls to the first row, if that is above the screen. */
  goToStart(): void {
    if (this.scrolled > 0) this.goTo(-this.covered);
  }

  /** Scrolls so that a place is the first that is seen. */
  reveal(place: number): void {
    this.goTo(this.topOf(place) - this.covered);
  }

  /** Scrolls no farther than it takes to see a place. */
  bringIn(place: number): void {
    const top = this.topOf(place);
    const { from, to } = this.seen;
    if (top < from) this.goTo(top - this.covered);
    else if (top + this.rowHeight > to) this.goTo(top + this.rowHeight - innerHeight);
  }

  /** Follows a scroll of the page. */
  follow(): void {
    const instead = this.tall.follow(this.scrolled);
    if (instead !== undefined) this.scrollTo(instead);
  }

  /** How far the element is above the screen; negative while something is above it. */
  private get scrolled(): number {
    return -this.grid.getBoundingClientRect().top;
  }

  /** The part of all rows that is seen. */
  private get seen(): { from: number; to: number } {
    const content = this.tall.contentAt(this.scrolled);
    return { from: content + this.covered, to: content + innerHeight };
  }

  private goTo(content: number): void {
    this.scrollTo(this.tall.place(content));
    this.follow();
  }

  private scrollTo(top: number): void {
    const start = this.grid.getBoundingClientRect().top + scrollY;
    window.scrollTo({ top: start + top, behavior: 'instant' });
  }
}
