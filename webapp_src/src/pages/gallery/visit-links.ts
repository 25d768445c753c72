import { msg, str } from '@lit/localize';
import type { Addressed } from './address-keeper';
import type { PictureName } from './finding';
import { parseGalleryLink, type GalleryLink } from './gallery-link';
import type { GalleryVisit } from './gallery-visit';

/** The link of what a visit shows, and how a visit comes to show what a link asks for. */
export class VisitLinks implements Addressed {
  /** A place that is to be brought to the screen once it is there. */
  awaitedPlace: number | undefined;
  /** How many links were restored. */
  private restored = 0;
  /** How many links are being restored. */
  private restoring = 0;

  /** @param onChange Called when a link is restored. */
  constructor(
    private readonly visit: GalleryVisit,
    private readonly onChange: () => void,
  ) {}

  get link(): GalleryLink {
    const { finding, filters, opened, place } = this.visit;
    const { text, like } = finding;
    return { text, like, choices: filters.choices, place: this.awaitedPlace ?? place, opened };
  }

  get settled(): boolean {
    return this.visit.settled && this.restoring === 0;
  }

  async restore(fragment: string): Promise<GalleryLink | undefined> {
    this.restoring += 1;
    const restored = await this.show(fragment);
    this.restoring -= 1;
    this.onChange();
    return restored;
  }

  private async show(fragment: string): Promise<GalleryLink | undefined> {
    const { visit } = this;
    const { link, warnings } = parseGalleryLink(fragment);
    for (const text of warnings) visit.messages.warn(text);
    const number = ++this.restored;
    // A step back to the same pictures leaves them where they are.
    const isSame = number > 1 && this.isShown(link);
    const [opened, like] = await Promise.all([
      this.find(link.opened),
      isSame ? link.like : this.find(link.like),
    ]);
    if (number !== this.restored) return undefined;
    visit.setOpened(opened);
    if (!isSame) await this.ask({ ...link, like });
    if (number !== this.restored) return undefined;
    return { ...link, opened, like, choices: visit.filters.choices };
  }

  private isShown({ text, like, choices }: GalleryLink): boolean {
    const { finding, filters } = this.visit;
    return (
      finding.text === text &&
      finding.like?.position === like?.position &&
      JSON.stringify(filters.choices) === JSON.stringify(choices)
    );
  }

  /** Shows what a link asks for but for the picture that is open. */
  private async ask({ text, like, choices, place }: GalleryLink): Promise<void> {
    const { finding, filters, messages } = this.visit;
    this.awaitedPlace = place;
    for (const { column, value } of filters.choose(choices)) {
      messages.warn(
        msg(str`The link asks for “${value}” of “${column}”, which this gallery does not have.`),
      );
    }
    finding.text = text;
    finding.like = like;
    if (!finding.isActive) finding.clear();
    await this.visit.applyFilters(place + 1);
  }

  /** The picture that a link names, if it is still where it was; says so if not. */
  private async find(name: PictureName | undefined): Promise<PictureName | undefined> {
    if (!name) return undefined;
    const { position, id } = name;
    const { gallery, messages } = this.visit;
    const picture = position < gallery.pictures ? await this.visit.load(position) : undefined;
    if (picture?.id === id) return name;
    messages.warn(
      msg(str`The link shows the picture “${id.slice(0, 40)}”, which is no longer in its place.`),
    );
    return undefined;
  }
}
