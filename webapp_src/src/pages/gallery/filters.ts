import type { Column, Gallery } from '../../generated/manifest';
import { NamedFiles } from '../../inference/gallery/named-files';

const PER_FILE = 65_536;

/** A value of a column that pictures should have. */
export interface Choice {
  readonly column: string;
  readonly value: string;
}

/**
 * Which pictures are wanted: those that have, of each column with chosen values, one of these.
 *
 * The values of the pictures are loaded when a column is first used.
 */
export class Filters {
  private chosen: readonly Choice[] = [];
  private readonly values = new Map<string, Promise<Uint8Array>>();

  constructor(
    private readonly gallery: Gallery,
    private readonly signal: AbortSignal,
  ) {}

  get choices(): readonly Choice[] {
    return this.chosen;
  }

  has({ column, value }: Choice): boolean {
    return this.chosen.some((choice) => choice.column === column && choice.value === value);
  }

  /** Chooses a value, or no longer. */
  toggle(choice: Choice): void {
    const { column, value } = choice;
    this.chosen = this.has(choice)
      ? this.chosen.filter((other) => other.column !== column || other.value !== value)
      : [...this.chosen, choice];
  }

  /** Chooses these values and no others; returns those that the gallery does not have. */
  choose(choices: readonly Choice[]): Choice[] {
    const isKnown = ({ column, value }: Choice): boolean =>
      this.find(column)?.values.includes(value) ?? false;
    this.chosen = choices.filter(isKnown);
    return choices.filter((choice) => !isKnown(choice));
  }

  /**
   * A byte for each position, 0 where a picture is not wanted; undefined if all are.
   *
   * @throws Error with a sentence for the visitor.
   */
  async mask(): Promise<Uint8Array | undefined> {
    const names = [...new Set(this.chosen.map(({ column }) => column))];
    if (names.length === 0) return undefined;
    const wanted = new Map(names.map((name) => [name, this.wantedNumbers(name)]));
    const columns = await Promise.all(
      names.map(async (name) => [wanted.get(name), await this.load(name)] as const),
    );
    const mask = new Uint8Array(this.gallery.pictures).fill(1);
    for (const [numbers, values] of columns) {
      values.forEach((value, position) => {
        if (!numbers?.[value]) mask[position] = 0;
      });
    }
    return mask;
  }

  /** uint8[256]: 1 for the numbers of the chosen values of a column. */
  private wantedNumbers(name: string): Uint8Array {
    const numbers = new Uint8Array(256);
    this.find(name)?.values.forEach((value, i) => {
      if (this.has({ column: name, value })) numbers[i] = 1;
    });
    return numbers;
  }

  /** The number of the value of every picture. */
  private load(name: string): Promise<Uint8Array> {
    const loading = this.values.get(name) ?? this.fetch(name);
    this.values.set(name, loading);
    loading.catch(() => this.values.delete(name));
    return loading;
  }

  private async fetch(name: string): Promise<Uint8Array> {
    const values = new Uint8Array(this.gallery.pictures);
    const column = this.find(name);
    if (!column) throw new Error(`The gallery has no column “${name}”.`);
    const files = [...Array(column.files.count).keys()];
    const use = (content: ArrayBuffer, file: number): void => {
      values.set(new Uint8Array(content), file * PER_FILE);
    };
    await new NamedFiles(column.files, 0).forEach(files, use, this.signal);
    return values;
  }

  private find(name: string): Column | undefined {
    return this.gallery.columns.find((column) => column.name === name);
  }
}
