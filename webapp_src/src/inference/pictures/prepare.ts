import type { PicturePreparation } from '../../generated/manifest';
import { layOut } from './layout';
import { resizeAsPillow } from './pillow-resize';
import type { PixelSource } from './pixel-source';
import { resizeAsTensorFlow } from './tf-resize';

/** uint8[size, size, 3]: a picture as the builder would show it to the same image tower. */
export function preparePicture(source: PixelSource, preparation: PicturePreparation): Uint8Array {
  const layout = layOut(source.width, source.height, preparation);
  return preparation.resize === 'tf-bilinear'
    ? resizeAsTensorFlow(source, layout)
    : resizeAsPillow(source, layout, preparation.resize);
}
