/**
 * Begins a link of the original LiT demo, in the two forms that it had (big_vision,
 * tools/lit_demo/src/lit_demo/url_utils.ts).
 */
const VERSION = /^v[12](\||%7C)/i;

/** The pictures that came first in the rows of the first form, which counted them from 0. */
const FIRST = ['1', '48', '43', '22'];
const PICTURES = 60;
const ROWS = [...new Set([...FIRST, ...Array.from({ length: PICTURES }, (_, i) => String(i + 1))])];

/** Whether a fragment, without its `#`, is of the original LiT demo. */
export function isOriginalLink(fragment: string): boolean {
  return VERSION.test(fragment);
}

/**
 * What such a link asks for, as the entries of a link of ours.
 *
 * It names a model, one picture and its captions, such as `v2|tiny|1|a%20dog|a%20cat`; the first form
 * has the row of the picture in place of its id. Programs that pass links on may have escaped the
 * separators too.
 */
export function translateOriginalLink(fragment: string): URLSearchParams {
  const parts = fragment.includes('|') ? fragment.split('|') : fragment.split(/%7C/i);
  const [version, model, named, ...captions] = parts.map(decode);
  const image = version?.toLowerCase() === 'v1' ? ROWS[Number(named)] : named;
  const entries = new URLSearchParams();
  if (model) entries.append('model', model);
  if (image) entries.append('image', image);
  for (const caption of captions) entries.append('prompt', caption);
  return entries;
}

/** Unlike `decodeURIComponent`, takes a percent sign that escapes nothing for itself. */
function decode(text: string): string {
  const value = text.replaceAll('+', '%2B').replaceAll('&', '%26');
  return new URLSearchParams(`text=${value}`).get('text') ?? '';
}
