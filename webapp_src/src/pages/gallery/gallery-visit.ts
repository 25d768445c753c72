import { msg, str } from '@lit/localize';
import type { Gallery, Model } from '../../generated/manifest';
import { isDownloadError } from '../../inference/download';
import type { GallerySearch } from '../../inference/gallery/gallery-search';
import type { GalleryManifest } from '../../state/manifest-loader';
import { Messages } from '../../state/messages';
import { Pauses } from '../../state/pauses';
import { Filters, type Choice } from './filters';
import { Finding, type PictureName } from './finding';
import { parseGalleryLink, type GalleryLink } from './gallery-link';
import { asFound, inOrder, type Order } from './order';
import { Records, type Picture } from './records';
import { SentenceReader, type Reader } from './sentence-reader';

/** How long the visitor must stay at a place before what is known of its pictures is loaded. */
const STAY_MS = 80;

/** How many of what was found are marked on the map, the best. */
const MOST_LIT = 50;

/** What a visit asks of the page around it. */
export interface GalleryVisitHost {
  openReader(manifest: GalleryManifest, model: Model, onStatus: () => void): Reader;
  openSearch(gallery: Gallery): GallerySearch;
  /** Called after every change. */
  onChange(): void;
}

/** The picture that is open. */
export interface Opened extends PictureName {
  /** Its place in the order that is shown; undefined if it is not there. */
  readonly place: number | undefined;
}

/** Everything that the page of a gallery shows and that a visitor can do; elements only draw it. */
export class GalleryVisit {
  readonly messages: Messages;
  readonly model: Model;
  readonly reader: SentenceReader;
  readonly records: Records;
  readonly filters: Filters;
  readonly finding: Finding;
  /** The picture of the map that a visitor points at. */
  pointedAt: Picture | undefined;
  /** The first place on the screen. */
  place = 0;
  /** A place that is to be brought to the screen once it is there. */
  awaitedPlace: number | undefined;
  private openedName: PictureName | undefined;
  /** How often the visitor has had what failed loaded anew. */
  attempt = 0;
  private everything: Order;
  /** The order of what was found, the same object as long as that is the same. */
  private listed: { readonly found: Finding['found']; readonly order: Order | undefined } = {
    found: undefined,
    order: undefined,
  };
  /** How many links were restored. */
  private restored = 0;
  /** How many links are being restored. */
  private restoring = 0;
  /** The loading of the values of pictures, by which they are filtered. */
  private filtering: 'done' | 'loading' | 'failed' = 'done';
  private mask: Uint8Array | undefined;
  private maskChanges = 0;
  private searching: GallerySearch | undefined;
  private readonly closing = new AbortController();
  private readonly pauses = new Pauses<string>(STAY_MS);

  constructor(
    readonly manifest: GalleryManifest,
    private readonly host: GalleryVisitHost,
  ) {
    const { gallery, models } = manifest;
    const onChange = (): void => {
      host.onChange();
    };
    const onFailure = (error: Error): void => {
      this.tellFailure(error);
    };
    this.messages = new Messages(onChange);
    this.model = models.find(({ id }) => id === gallery.model) ?? models[0];
    this.reader = new SentenceReader(host.openReader(manifest, this.model, onChange));
    this.records = new Records(gallery, { onChange, onFailure });
    this.filters = new Filters(gallery, this.closing.signal);
    this.everything = inOrder(gallery.pictures);
    this.finding = new Finding({
      embed: (text) => this.reader.embed(text),
      search: () => this.search(),
      mask: () => this.filters.mask(),
      onChange,
      onFailure,
    });
  }

  get gallery(): Gallery {
    return this.manifest.gallery;
  }

  /** The pictures that are shown. */
  get order(): Order {
    const { found } = this.finding;
    if (found !== this.listed.found) this.listed = { found, order: found && asFound(found) };
    return this.listed.order ?? this.everything;
  }

  /** The picture that is open. */
  get opened(): Opened | undefined {
    const { openedName: name, order } = this;
    return name && { ...name, place: order.placeOf(name.position) };
  }

  /** How many pictures have what is filtered by. */
  get passing(): number {
    return this.everything.length;
  }

  /** Changes when other pictures are shown than before, rather than more of the same. */
  get view(): string {
    const { found, answer } = this.finding;
    return `${found ? answer : 'all'} ${this.maskChanges}`;
  }

  /** Where on the map the best of what was found lie, those of which more is known: x and y of each in turn. */
  get lit(): Float32Array {
    const places = this.finding.found?.slice(0, MOST_LIT).flatMap(({ position }) => {
      const { x, y } = this.records.find(position) ?? {};
      return x === undefined || y === undefined ? [] : [x, y];
    });
    return new Float32Array(places ?? []);
  }

  /** Restores the page. */
  get link(): GalleryLink {
    const { finding, filters, opened, awaitedPlace, place } = this;
    const { text, like } = finding;
    return { text, like, choices: filters.choices, place: awaitedPlace ?? place, opened };
  }

  /** Whether the page shows what was asked for, or cannot. */
  get settled(): boolean {
    return (
      this.finding.state !== 'computing' && this.filtering !== 'loading' && this.restoring === 0
    );
  }

  /**
   * Shows what a link's fragment asks for.
   *
   * @returns What of it is there to be shown; undefined if another link was restored meanwhile.
   */
  async restore(fragment: string): Promise<GalleryLink | undefined> {
    this.restoring += 1;
    const restored = await this.restoreLink(fragment);
    this.restoring -= 1;
    this.host.onChange();
    return restored;
  }

  private async restoreLink(fragment: string): Promise<GalleryLink | undefined> {
    const { link, warnings } = parseGalleryLink(fragment);
    for (const text of warnings) this.messages.warn(text);
    const number = ++this.restored;
    // A step back to the same pictures leaves them where they are.
    const isSame = number > 1 && this.shows(link);
    const [opened, like] = await Promise.all([
      this.find(link.opened),
      isSame ? link.like : this.find(link.like),
    ]);
    if (number !== this.restored) return undefined;
    this.setOpened(opened);
    if (!isSame) await this.ask({ ...link, like });
    return number === this.restored
      ? { ...link, opened, like, choices: this.filters.choices }
      : undefined;
  }

  /** Shows what a link asks for but for the picture that is open. */
  private async ask({ text, like, choices, place }: GalleryLink): Promise<void> {
    this.awaitedPlace = place;
    const unknown = this.filters.choose(choices);
    for (const { column, value } of unknown) {
      this.messages.warn(
        msg(str`The link asks for “${value}” of “${column}”, which this gallery does not have.`),
      );
    }
    this.finding.text = text;
    this.finding.like = like;
    if (!this.finding.isActive) this.finding.clear();
    await this.applyFilters(place + 1);
  }

  /** Gets ready for a search, when a visitor is about to type. */
  async prepare(): Promise<void> {
    // A search that fails says so itself.
    await Promise.allSettled([this.reader.warm(), this.search().prepare()]);
  }

  /** Chooses a value that pictures should have, or no longer. */
  async toggle(choice: Choice): Promise<void> {
    this.filters.toggle(choice);
    await this.applyFilters();
  }

  async clearFilters(): Promise<void> {
    this.filters.choose([]);
    await this.applyFilters();
  }

  /** Notes which places are on the screen, and which are drawn. */
  show(first: number, end: number, drawn: readonly number[]): void {
    const { order, records, finding } = this;
    this.place = first;
    finding.see(end);
    if (finding.found && drawn.at(-1) === order.length - 1) void finding.more();
    const positions = drawn.map((place) => order.positionAt(place));
    this.pauses.await('records', () => {
      records.want(positions);
      // The address says where the visitor is.
      this.host.onChange();
    });
  }

  /** Opens the picture at a position. */
  async open(position: number): Promise<void> {
    const picture = await this.load(position);
    if (picture) this.setOpened({ position, id: picture.id });
  }

  /** Notes which picture of the map a visitor points at, of which the thumbnail is then shown. */
  pointAt(position: number | undefined): void {
    this.pointedAt = undefined;
    this.pauses.cancel('map');
    if (position === undefined) this.host.onChange();
    else
      this.pauses.await('map', () => {
        void this.load(position).then((picture) => {
          this.pointedAt = picture;
          this.host.onChange();
        });
      });
  }

  /** Opens the next picture, or the one before. */
  async turn(by: 1 | -1): Promise<void> {
    const { opened, order } = this;
    if (opened?.place === undefined) return;
    const place = opened.place + by;
    if (place < 0 || place >= order.length) return;
    await this.open(order.positionAt(place));
    if (place >= this.order.length - 1) await this.finding.more();
  }

  closeOpened(): void {
    this.setOpened(undefined);
  }

  /** Looks for pictures like the one that is open, which is closed. */
  async findLikeOpened(): Promise<void> {
    const { openedName } = this;
    if (!openedName) return;
    this.openedName = undefined;
    await this.finding.findLike(openedName);
  }

  /** Tries again what failed. */
  async retry(): Promise<void> {
    this.messages.withdraw('retry');
    this.attempt += 1;
    this.records.retry();
    if (this.filtering === 'failed') {
      await this.applyFilters();
    } else if (this.finding.state === 'failed') {
      // The worker may be what failed.
      this.searching?.close();
      this.searching = undefined;
      await this.finding.run();
    }
  }

  /** The addresses of the files that the search has read. */
  async used(): Promise<readonly string[]> {
    return (await this.searching?.used().catch(() => undefined)) ?? [];
  }

  /** Cancels what is under way and frees the workers. */
  close(): void {
    this.closing.abort();
    this.pauses.cancelAll();
    this.finding.close();
    this.records.close();
    this.searching?.close();
    this.reader.close();
  }

  tellFailure(error: Error): void {
    if (this.closing.signal.aborted) return;
    const isLost = isDownloadError(error) && !navigator.onLine;
    const text = msg('A part that this needs is not on this device yet, and there is no network.');
    if (isLost) this.messages.tell({ kind: 'error', text, offer: 'retry' });
    else this.messages.tellFailure(error);
  }

  private search(): GallerySearch {
    return (this.searching ??= this.host.openSearch(this.gallery));
  }

  private async applyFilters(least = 0): Promise<void> {
    const { filters, gallery, finding } = this;
    const choices = filters.choices;
    this.filtering = 'loading';
    this.host.onChange();
    try {
      const mask = await filters.mask();
      if (choices !== filters.choices) return;
      if (mask !== this.mask) {
        this.mask = mask;
        this.everything = inOrder(gallery.pictures, mask);
        this.maskChanges += 1;
      }
      this.filtering = 'done';
      this.host.onChange();
    } catch (error) {
      if (choices !== filters.choices) return;
      this.filtering = 'failed';
      this.tellFailure(error as Error);
      return;
    }
    await finding.run(least);
  }

  private shows({ text, like, choices }: GalleryLink): boolean {
    const { finding, filters } = this;
    return (
      finding.text === text &&
      finding.like?.position === like?.position &&
      JSON.stringify(filters.choices) === JSON.stringify(choices)
    );
  }

  /** The picture that a link names, if it is still where it was; says so if not. */
  private async find(name: PictureName | undefined): Promise<PictureName | undefined> {
    if (!name) return undefined;
    const { position, id } = name;
    const picture = position < this.gallery.pictures ? await this.load(position) : undefined;
    if (picture?.id === id) return name;
    this.messages.warn(
      msg(str`The link shows the picture “${id.slice(0, 40)}”, which is no longer in its place.`),
    );
    return undefined;
  }

  private async load(position: number): Promise<Picture | undefined> {
    try {
      return await this.records.load(position);
    } catch (error) {
      this.tellFailure(error as Error);
      return undefined;
    }
  }

  private setOpened(name: PictureName | undefined): void {
    this.openedName = name;
    this.host.onChange();
  }
}
