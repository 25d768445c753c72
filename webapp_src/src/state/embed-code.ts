import { formatFragment, type LinkState } from './link';

/** How large a frame shows a picture, its captions and the box without scrolling, in CSS pixels. */
const FRAME = { width: 700, height: 600 };

/**
 * HTML that shows what is shared on another page, as elements of embed.js.
 *
 * @param page The demo's address.
 */
export function writeElements(page: string, { modelId, cards }: LinkState): string {
  const site = new URL('./', page).href;
  const elements = cards.map(({ imageId, texts }) => {
    const attributes = [
      `src="${escapeHtml(site)}"`,
      `picture="${escapeHtml(imageId)}"`,
      ...(modelId === undefined ? [] : [`model="${escapeHtml(modelId)}"`]),
      ...(texts.length > 0 ? [`captions="${escapeHtml(texts.join('\n'))}"`] : []),
    ];
    return `<lit-demo ${attributes.join(' ')}></lit-demo>`;
  });
  return [
    `<script type="module" src="${escapeHtml(`${site}embed.js`)}"></script>`,
    ...elements,
  ].join('\n');
}

/** The same as a frame with the whole page of the demo. */
export function writeFrame(page: string, shared: LinkState, title: string): string {
  const address = new URL(formatFragment(shared), page).href;
  return (
    `<iframe src="${escapeHtml(address)}" title="${escapeHtml(title)}" width="${FRAME.width}" ` +
    `height="${FRAME.height}" loading="lazy" style="max-width: 100%; border: 0"></iframe>`
  );
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('"', '&quot;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}
