import { Pauses } from '../../state/pauses';
import type { Finding } from './finding';
import type { Picture, Records } from './records';

/** How long a mouse must stay at a point before its picture is shown. */
const STAY_MS = 80;

/** How many of what was found are marked, the best. */
const MOST_LIT = 50;

/** What the map asks of the visit that it is a part of. */
export interface MapVisitHost {
  readonly finding: Pick<Finding, 'found'>;
  readonly records: Pick<Records, 'find'>;
  /** What is known of a picture; undefined if that cannot be had, of which the visitor is told. */
  load(position: number): Promise<Picture | undefined>;
  /** Called after every change. */
  onChange(): void;
}

/** What the map shows of a visit: what was found, and what the visitor points at. */
export class MapVisit {
  /** The picture that the visitor points at. */
  pointedAt: Picture | undefined;
  /** Its position, which is known before the picture. */
  private position: number | undefined;
  private readonly pauses = new Pauses<'point'>(STAY_MS);

  constructor(private readonly host: MapVisitHost) {}

  /** Where the best of what was found lie, those of which more is known: x and y of each in turn. */
  get lit(): Float32Array {
    const { finding, records } = this.host;
    const places = finding.found?.slice(0, MOST_LIT).flatMap(({ position }) => {
      const { x, y } = records.find(position) ?? {};
      return x === undefined || y === undefined ? [] : [x, y];
    });
    return new Float32Array(places ?? []);
  }

  /** Notes which picture a visitor points at, of which the thumbnail is then shown. */
  pointAt(position: number | undefined): void {
    this.position = position;
    this.pointedAt = undefined;
    this.pauses.cancelAll();
    if (position === undefined) this.host.onChange();
    else this.pauses.await('point', () => void this.show(position));
  }

  close(): void {
    this.pauses.cancelAll();
  }

  private async show(position: number): Promise<void> {
    const picture = await this.host.load(position);
    if (position !== this.position) return;
    this.pointedAt = picture;
    this.host.onChange();
  }
}
