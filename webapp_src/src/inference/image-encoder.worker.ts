import { expose, transfer } from 'comlink';
import type { Backend, FileRef, ImageEncoder, PicturePreparation } from '../generated/manifest';
import { PictureEncoder } from './image-encoder';
import type { ImageEncoderFiles } from './image-encoder-files';
import { CanvasSource, encodeSquare } from './pictures/canvas-source';
import { preparePicture } from './pictures/prepare';
import { startBackend } from './start-backend';
import { holdLife } from './worker-life';

/** Side of the square that a page shows of a picture, in pixels, if it has so many. */
const SHOWN_SIZE = 896;

/** A picture as the model sees it, and as the page shows it. */
export interface EmbeddedPicture {
  /** Its unit row, float32[dim]. */
  readonly row: Float32Array;
  /** A JPEG of its middle, `side` pixels square. */
  readonly shown: Blob;
  readonly side: number;
}

/** What the page can ask of a worker; each worker holds one encoder. */
export interface ImageWorkerApi {
  /**
   * Starts the backend, which downloads one of the app's `files`.
   *
   * @returns Whether the page can see when the worker ends: see `holdLife`.
   */
  start(backend: Backend, files: readonly FileRef[]): Promise<boolean>;
  /** Builds the encoder, and checks it against its golden. */
  load(encoder: ImageEncoder, files: ImageEncoderFiles): Promise<void>;
  /** @throws Error with a sentence for the visitor if the file cannot be used. */
  embed(file: Blob): Promise<EmbeddedPicture>;
}

let loaded: { encoder: PictureEncoder; preparation: PicturePreparation } | undefined;

const api: ImageWorkerApi = {
  async start(backend, files) {
    const holds = holdLife();
    await startBackend(backend, files);
    return holds;
  },

  async load({ graph, preparation, golden }, files) {
    const encoder = await PictureEncoder.load({ graph, preparation, golden }, files);
    await encoder.verify(files.golden);
    loaded = { encoder, preparation };
  },

  async embed(file) {
    if (!loaded) throw new Error('The encoder has not been loaded.');
    const { encoder, preparation } = loaded;
    const source = await CanvasSource.open(file);
    try {
      const row = await encoder.embed(preparePicture(source, preparation));
      const side = Math.min(SHOWN_SIZE, source.width, source.height);
      const shown = await encodeSquare(preparePicture(source, squareOf(side)), side);
      return transfer({ row, shown, side }, [row.buffer as ArrayBuffer]);
    } finally {
      source.close();
    }
  },
};

function squareOf(size: number): PicturePreparation {
  return { size, resize: 'bicubic', fit: 'crop', library: null, edge: null };
}

expose(api);
