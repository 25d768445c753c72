import type { Box } from './layout';
import type { PixelSource } from './pixel-source';

/** As many pixels as the builder opens. */
const MAX_PIXELS = 89_478_485;

const NOT_A_PICTURE = 'This file is not a picture that this browser can read.';
const HEIC =
  'This browser cannot read HEIC pictures. Save it as JPEG first, or choose another picture.';

/**
 * The pixels of a file: upright, in sRGB, with what is transparent on white. Nothing is scaled.
 *
 * The bitmap is drawn part by part: canvases have limits that photographs reach.
 */
export class CanvasSource implements PixelSource {
  private canvas: OffscreenCanvas | undefined;

  private constructor(private readonly bitmap: ImageBitmap) {}

  /** @throws Error with a sentence for the visitor if it is not a picture, or cannot be read. */
  static async open(file: Blob): Promise<CanvasSource> {
    if (typeof OffscreenCanvas === 'undefined') {
      throw new Error('This browser is too old to read pictures here.');
    }
    requireExactCanvas();
    const bitmap = await createImageBitmap(file, { imageOrientation: 'from-image' }).catch(
      async () => {
        throw new Error((await isHeic(file)) ? HEIC : NOT_A_PICTURE);
      },
    );
    if (bitmap.width * bitmap.height > MAX_PIXELS) {
      bitmap.close();
      throw new Error('This picture is too large: it has more than 89 million pixels.');
    }
    return new CanvasSource(bitmap);
  }

  get width(): number {
    return this.bitmap.width;
  }

  get height(): number {
    return this.bitmap.height;
  }

  readRows(box: Box, top: number, count: number): Uint8ClampedArray {
    const { width } = box;
    if (this.canvas?.width !== width || this.canvas.height < count) {
      this.canvas = new OffscreenCanvas(width, count);
    }
    const context = contextOf(this.canvas);
    context.fillStyle = 'white';
    context.fillRect(0, 0, width, count);
    const place = [box.left, box.top + top, width, count] as const;
    context.drawImage(this.bitmap, ...place, 0, 0, width, count);
    return context.getImageData(0, 0, width, count).data;
  }

  close(): void {
    this.bitmap.close();
  }
}

function contextOf(canvas: OffscreenCanvas): OffscreenCanvasRenderingContext2D {
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('This browser has no memory left for the picture.');
  context.imageSmoothingEnabled = false;
  return context;
}

const SAMPLE_SIZE = 16;

/**
 * Some browsers change what pages read from a canvas, against being recognized.
 *
 * @throws Error with a sentence for the visitor if this one does.
 */
function requireExactCanvas(): void {
  const context = contextOf(new OffscreenCanvas(SAMPLE_SIZE, SAMPLE_SIZE));
  const sample = new ImageData(SAMPLE_SIZE, SAMPLE_SIZE);
  sample.data.forEach((_, i) => {
    sample.data[i] = i % 4 === 3 ? 255 : (i * 37) % 256;
  });
  context.putImageData(sample, 0, 0);
  const { data } = context.getImageData(0, 0, SAMPLE_SIZE, SAMPLE_SIZE);
  if (data.every((value, i) => value === sample.data[i])) return;
  throw new Error(
    'This browser’s protection against tracking changes the pixels that pages read, so the picture cannot be used. Allow this page to use canvas data, or try another browser.',
  );
}

/** Whether a file says that it is HEIC or HEIF, in its box of types. */
async function isHeic(file: Blob): Promise<boolean> {
  const start = new TextDecoder('latin1').decode(await file.slice(4, 12).arrayBuffer());
  return /^ftyp(hei|hev|mif|msf)/.test(start);
}

/** A JPEG of the middle of a picture, uint8[size, size, 3], for the page to show. */
export async function encodeSquare(pixels: Uint8Array, size: number): Promise<Blob> {
  const image = new ImageData(size, size);
  for (let i = 0; i < size * size; i++) {
    for (let c = 0; c < 3; c++) image.data[4 * i + c] = pixels[3 * i + c] ?? 0;
    image.data[4 * i + 3] = 255;
  }
  const canvas = new OffscreenCanvas(size, size);
  contextOf(canvas).putImageData(image, 0, 0);
  return canvas.convertToBlob({ type: 'image/jpeg', quality: 0.9 });
}
