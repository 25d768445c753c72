/** A caption that is dragged through its list: its place is where the pointer is. */
export class CaptionDrag {
  /** The key of the caption that is dragged. */
  key: number | undefined;

  /** @param move Called with another place, from 0, whenever the pointer comes to it. */
  constructor(private readonly move: (key: number, place: number) => void) {}

  /**
   * @param list Has the captions as its children, with nothing else below them, and gets the pointer:
   *   a caption that is put elsewhere would lose it.
   */
  begin(key: number, list: HTMLElement, pointerId: number): void {
    this.key = key;
    list.setPointerCapture(pointerId);
  }

  /** The pointer is at a height of the window. */
  drag(list: HTMLElement, y: number): void {
    if (this.key === undefined) return;
    const items = [...list.querySelectorAll<HTMLElement>('li[data-key]')];
    // Not where they are drawn, since they slide.
    const top = list.getBoundingClientRect().top - list.offsetTop;
    const middles = items
      .filter((item) => item.dataset['key'] !== String(this.key))
      .map((item) => top + item.offsetTop + item.offsetHeight / 2);
    const place = middles.filter((middle) => middle < y).length;
    if (items[place]?.dataset['key'] !== String(this.key)) this.move(this.key, place);
  }

  end(): void {
    this.key = undefined;
  }
}
