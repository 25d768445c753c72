/** Browsers draw nothing beyond some 17 to 33 million pixels, and place things badly before that. */
const TALLEST = 10_000_000;
/** A scroll farther than so many screens is a jump, as with the scrollbar. */
const JUMP = 2;
/** How many screens from an end of the box what is beyond it is brought in. */
const EDGE = 4;

/** Where a box that may be taller than a browser allows stands, and what moves with it. */
export interface Placement {
  /** How far the box is scrolled, in pixels. */
  readonly top: number;
  /** How far above its place in the content a thing lies in the box. */
  readonly offset: number;
}

/**
 * Shows content of any height in a box of a height that browsers can draw.
 *
 * Scrolling moves the content as far as the box, so that it feels like any other page; only a jump
 * goes as far in the content as it does in the box. A box that is tall enough hides nothing.
 */
export class TallScroll {
  private before = 0;
  private shift = 0;

  /**
   * @param total The height of the content, in pixels.
   * @param screen How much of it is seen at once.
   */
  constructor(
    private readonly total: number,
    private readonly screen: number,
    private readonly tallest = TALLEST,
  ) {}

  /** The height of the box. */
  get height(): number {
    return Math.min(this.total, this.tallest);
  }

  /** How far above its place in the content a thing lies in the box. */
  get offset(): number {
    return this.shift;
  }

  /** Where in the content the top of the screen is when the box is scrolled to `top`. */
  contentAt(top: number): number {
    return top + this.shift;
  }

  /**
   * Follows a scroll of the box to `top`.
   *
   * @returns Where to scroll the box instead, if it came near an end that is not the content's.
   */
  follow(top: number): number | undefined {
    const moved = Math.abs(top - this.before);
    this.before = top;
    if (this.total <= this.tallest) return undefined;
    if (moved > JUMP * this.screen) {
      const range = this.height - this.screen;
      const part = Math.max(0, Math.min(1, top / range));
      this.shift = part * (this.total - this.screen) - Math.max(0, Math.min(range, top));
      return undefined;
    }
    const hiddenAbove = this.shift > 0 && top < EDGE * this.screen;
    const hiddenBelow =
      this.shift < this.total - this.height && top > this.height - (1 + EDGE) * this.screen;
    return hiddenAbove || hiddenBelow ? this.place(this.contentAt(top)) : undefined;
  }

  /** Brings a place of the content to the top of the screen; returns where to scroll the box. */
  place(content: number): number {
    const hidden = this.total - this.height;
    const quarter = this.height / 4;
    if (hidden === 0 || content <= quarter) this.shift = 0;
    else if (this.total - content <= quarter) this.shift = hidden;
    else this.shift = content - quarter - (content / this.total) * (this.height / 2);
    this.shift = Math.max(0, Math.min(hidden, this.shift));
    this.before = content - this.shift;
    return this.before;
  }
}
