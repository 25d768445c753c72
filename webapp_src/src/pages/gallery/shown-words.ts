import { msg, str } from '@lit/localize';
import { formatCount } from '../../components/format';
import type { GalleryVisit } from './gallery-visit';

/** What is shown, and in which order, in words. */
export function describe({ finding, gallery, passing }: GalleryVisit): string {
  const [all, some] = [formatCount(gallery.pictures), formatCount(passing)];
  const count =
    passing === gallery.pictures ? msg(str`${all} pictures`) : msg(str`${some} of ${all} pictures`);
  if (!finding.found) return count;
  return `${finding.like ? msg('Most alike first') : msg('Best fit first')} · ${count}`;
}

/** The same to be read out, with the best of what was found; nothing if all is as at first. */
export function announce(visit: GalleryVisit): string {
  const { finding, filters, records } = visit;
  const [best] = finding.found ?? [];
  if (!best) return filters.choices.length === 0 ? '' : describe(visit);
  const description = records.find(best.position)?.description;
  return description === undefined ? '' : `${describe(visit)}: “${description}”`;
}
