import type { ImageEncoderFiles } from '../inference/image-encoder-files';
import type { EmbeddedPicture } from '../inference/image-encoder.worker';

/** An ImageEncoderWorker that embeds every picture as the row (1, 0). */
export class FakeImageWorker {
  static all: FakeImageWorker[] = [];
  static failure: Error | undefined;
  backend = 'wasm' as const;
  ended = false;
  golden: Float32Array | undefined;

  constructor() {
    FakeImageWorker.all.push(this);
  }

  start(): Promise<void> {
    return Promise.resolve();
  }

  load(_: unknown, { golden }: ImageEncoderFiles): Promise<void> {
    this.golden = golden;
    return FakeImageWorker.failure ? Promise.reject(FakeImageWorker.failure) : Promise.resolve();
  }

  embed(shown: Blob): Promise<EmbeddedPicture> {
    if (this.ended) return Promise.reject(new Error('The wasm worker stopped.'));
    return Promise.resolve({ row: Float32Array.of(1, 0), shown, side: 1 });
  }

  close(): void {
    this.ended = true;
  }
}
