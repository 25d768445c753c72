import type { Found } from './gallery-search';

/** The best of many pictures, whose similarities come in any order. */
export class Best {
  /** A heap: none is better than the two at twice its place and after it. */
  private readonly positions: number[] = [];
  private readonly similarities: number[] = [];

  constructor(
    /** How many are kept. */
    private readonly count: number,
  ) {}

  /** What a similarity has to be greater than to be kept. */
  get least(): number {
    return this.positions.length < this.count ? -Infinity : (this.similarities[0] ?? Infinity);
  }

  get size(): number {
    return this.positions.length;
  }

  add(position: number, similarity: number): void {
    if (similarity <= this.least) return;
    if (this.positions.length < this.count) this.rise(position, similarity);
    else this.sink(position, similarity);
  }

  /** The best first; of equal ones, that with the lower position. */
  list(): Found[] {
    return this.positions
      .map((position, i) => ({ position, similarity: this.similarities[i] ?? 0 }))
      .sort((a, b) => b.similarity - a.similarity || a.position - b.position);
  }

  private rise(position: number, similarity: number): void {
    let place = this.positions.length;
    while (place > 0) {
      const above = (place - 1) >> 1;
      if ((this.similarities[above] ?? 0) <= similarity) break;
      this.move(above, place);
      place = above;
    }
    this.put(place, position, similarity);
  }

  private sink(position: number, similarity: number): void {
    let place = 0;
    for (;;) {
      let below = 2 * place + 1;
      if (below >= this.positions.length) break;
      if (this.at(below + 1) < this.at(below)) below++;
      if (this.at(below) >= similarity) break;
      this.move(below, place);
      place = below;
    }
    this.put(place, position, similarity);
  }

  private at(place: number): number {
    return this.similarities[place] ?? Infinity;
  }

  private move(from: number, to: number): void {
    this.put(to, this.positions[from] ?? 0, this.at(from));
  }

  private put(place: number, position: number, similarity: number): void {
    this.positions[place] = position;
    this.similarities[place] = similarity;
  }
}
