/** Begins a link of the original LiT demo, in the two forms that it had. */
const VERSION = /^v[12](\||%7C)/i;

/** Whether a fragment, without its `#`, is of the original LiT demo. */
export function isOriginalLink(fragment: string): boolean {
  return VERSION.test(fragment);
}

/**
 * What such a link asks for, as the entries of a link of ours.
 *
 * It names a model, one picture and its captions, such as `v2|tiny|1|a%20dog|a%20cat`. Programs that
 * pass links on may have escaped the separators too.
 */
export function translateOriginalLink(fragment: string): URLSearchParams {
  const parts = fragment.includes('|') ? fragment.split('|') : fragment.split(/%7C/i);
  const [, model, image, ...captions] = parts.map(decode);
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
