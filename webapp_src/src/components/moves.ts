/** Lets elements slide from where they were to where they are now. */
export class Moves {
  private before = new Map<string, number>();

  /** Remembers where elements are, by their `data-key`, before they are drawn anew. */
  note(elements: readonly HTMLElement[]): void {
    this.before = new Map(elements.map((element) => [keyOf(element), topOf(element)]));
  }

  /** Slides each element to its place, unless the visitor asked for less motion. */
  play(elements: readonly HTMLElement[]): void {
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) return;
    for (const element of elements) {
      const before = this.before.get(keyOf(element));
      const distance = before === undefined ? 0 : before - topOf(element);
      if (distance === 0) continue;
      element.animate([{ transform: `translateY(${distance}px)` }, { transform: 'none' }], {
        duration: 300,
        easing: 'cubic-bezier(0.2, 0.7, 0.2, 1)',
      });
    }
  }
}

function keyOf(element: HTMLElement): string {
  return element.dataset['key'] ?? '';
}

/** Within the page: scrolling is not a move. */
function topOf(element: HTMLElement): number {
  return element.getBoundingClientRect().top + scrollY;
}
