import { msg } from '@lit/localize';
import type { Gallery, Model } from '../../generated/manifest';
import { isDownloadError } from '../../inference/download';
import type { GallerySearch } from '../../inference/gallery/gallery-search';
import type { GalleryManifest } from '../../state/manifest-loader';
import { Messages } from '../../state/messages';
import { Pauses } from '../../state/pauses';
import { Filters, type Choice } from './filters';
import { Finding, type PictureName } from './finding';
import { MapVisit } from './map-visit';
import { asFound, inOrder, type Order } from './order';
import { Records, type Picture } from './records';
import { SentenceReader, type Reader } from './sentence-reader';

/** How long the visitor must stay at a place before what is known of its pictures is loaded. */
const STAY_MS = 80;

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
  readonly map: MapVisit;
  /** The first place on the screen. */
  place = 0;
  private openedName: PictureName | undefined;
  /** Whether the visitor went to what is beneath all pictures, and is there still. */
  private atFoot = false;
  /** How often the visitor has had what failed loaded anew. */
  attempt = 0;
  private everything: Order;
  /** The order of what was found, the same object as long as that is the same. */
  private listed: { readonly found: Finding['found']; readonly order: Order | undefined } = {
    found: undefined,
    order: undefined,
  };
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
    const { finding, records } = this;
    const load = (position: number): Promise<Picture | undefined> => this.load(position);
    this.map = new MapVisit({ finding, records, load, onChange });
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

  /** Whether the page shows what was asked for, or cannot. */
  get settled(): boolean {
    return this.finding.state !== 'computing' && this.filtering !== 'loading';
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

  /**
   * Shows the pictures that have what is chosen, and looks among them for what is looked for.
   *
   * @param least How many pictures are needed.
   */
  async applyFilters(least = 0): Promise<void> {
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

  /** Notes which places are on the screen, and which are drawn. */
  show(first: number, end: number, drawn: readonly number[]): void {
    const { order, records, finding } = this;
    const isEnd = drawn.at(-1) === order.length - 1;
    this.place = first;
    this.atFoot &&= isEnd;
    finding.see(end);
    if (finding.found && isEnd && !this.atFoot) void finding.more();
    const positions = drawn.map((place) => order.positionAt(place));
    this.pauses.await('records', () => {
      records.want(positions);
      // The address says where the visitor is.
      this.host.onChange();
    });
  }

  /** Notes that the visitor goes beneath all pictures: more of them would push that away. */
  goToFoot(): void {
    this.atFoot = true;
  }

  /** What is known of a picture; undefined if that cannot be had, of which the visitor is told. */
  async load(position: number): Promise<Picture | undefined> {
    try {
      return await this.records.load(position);
    } catch (error) {
      this.tellFailure(error as Error);
      return undefined;
    }
  }

  /** Opens the picture at a position. */
  async open(position: number): Promise<void> {
    const picture = await this.load(position);
    if (picture) this.setOpened({ position, id: picture.id });
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

  /** Has a picture opened, or none. */
  setOpened(name: PictureName | undefined): void {
    this.openedName = name;
    this.host.onChange();
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
    this.map.close();
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
}
