import { formatPercent } from './format';

/** What is drawn: a picture with its captions, who made it, and where to try it. */
export interface DrawnAnswer {
  readonly picture: ImageBitmap;
  readonly captions: readonly DrawnCaption[];
  readonly credit: string;
  readonly address: string;
}

/** A caption with its bar; without a probability, there is none. */
export interface DrawnCaption {
  readonly text: string;
  readonly probability: number | undefined;
  readonly best: boolean;
}

const WIDTH = 1080;
const MARGIN = 48;
const ROW = 96;
const BAR = 14;
const MOST_CAPTIONS = 6;
const SANS = 'system-ui, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", sans-serif';

/** The picture, its captions with their bars, the credit and the address, as a PNG. */
export async function drawAnswer(answer: DrawnAnswer): Promise<Blob> {
  const captions = answer.captions.slice(0, MOST_CAPTIONS);
  const canvas = document.createElement('canvas');
  canvas.width = WIDTH;
  canvas.height = WIDTH + MARGIN + captions.length * ROW + 2 * MARGIN;
  const context = canvas.getContext('2d');
  if (!context) throw new Error('This browser cannot draw the picture.');
  context.direction = isRightToLeft() ? 'rtl' : 'ltr';
  context.fillStyle = colour('--page');
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.imageSmoothingQuality = 'high';
  context.drawImage(answer.picture, 0, 0, WIDTH, WIDTH);
  for (const [i, caption] of captions.entries()) {
    drawCaption(context, caption, WIDTH + MARGIN / 2 + i * ROW);
  }
  drawFoot(context, answer, canvas.height - MARGIN);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => {
      if (blob) resolve(blob);
      else reject(new Error('This browser cannot save the picture.'));
    }, 'image/png');
  });
}

function drawCaption(
  context: CanvasRenderingContext2D,
  { text, probability, best }: DrawnCaption,
  top: number,
): void {
  const length = WIDTH - 2 * MARGIN;
  const baseline = top + 52;
  context.font = `${best ? 600 : 400} 36px ${SANS}`;
  context.fillStyle = colour(best ? '--accent' : '--muted');
  context.textAlign = 'end';
  const percent = probability === undefined ? '–' : formatPercent(probability);
  context.fillText(percent, fromStart(WIDTH - MARGIN), baseline);
  context.fillStyle = colour('--text');
  context.textAlign = 'start';
  context.fillText(isolate(shorten(context, text, length - 150)), fromStart(MARGIN), baseline);
  for (const [part, name] of [
    [1, '--track'],
    [probability ?? 0, best ? '--accent' : '--bar'],
  ] as const) {
    context.fillStyle = colour(name);
    context.beginPath();
    const width = length * part;
    const left = isRightToLeft() ? WIDTH - MARGIN - width : MARGIN;
    context.roundRect(left, top + 68, width, BAR, BAR / 2);
    context.fill();
  }
}

function drawFoot(
  context: CanvasRenderingContext2D,
  { credit, address }: DrawnAnswer,
  baseline: number,
): void {
  const half = WIDTH / 2 - 1.25 * MARGIN;
  context.font = `400 24px ${SANS}`;
  context.fillStyle = colour('--muted');
  context.textAlign = 'start';
  context.fillText(shorten(context, credit, half), fromStart(MARGIN), baseline);
  context.textAlign = 'end';
  context.fillText(isolate(shorten(context, address, half)), fromStart(WIDTH - MARGIN), baseline);
}

/** The text in its own direction, whatever that of the page. */
function isolate(text: string): string {
  return `\u2068${text}\u2069`;
}

/** Where something is that lies so many pixels from where lines begin. */
function fromStart(distance: number): number {
  return isRightToLeft() ? WIDTH - distance : distance;
}

/** Whether the page is written from right to left. */
function isRightToLeft(): boolean {
  return document.documentElement.dir === 'rtl';
}

/** The text, cut so that it is at most so many pixels wide. */
function shorten(context: CanvasRenderingContext2D, text: string, width: number): string {
  if (context.measureText(text).width <= width) return text;
  const letters = Array.from(text);
  while (letters.length > 0 && context.measureText(`${letters.join('')}…`).width > width) {
    letters.pop();
  }
  return `${letters.join('').trimEnd()}…`;
}

/** A colour of the page, as the visitor sees it. */
function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name);
}
