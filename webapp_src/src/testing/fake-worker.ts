import type { Backend } from '../generated/manifest';
import type { Check, Usage } from '../inference/encoder-report';
import type { Reading } from '../tokenizers/tokenizer';

/**
 * An EncoderWorker that embeds every text as the row (0, 1), tokenizes it to its length, and reads 20
 * of its characters; what it does is set by backend.
 */
export class FakeWorker {
  static all: FakeWorker[] = [];
  static failures: Partial<Record<Backend, string>> = {};
  static times: Partial<Record<Backend, number>> = {};
  check: Check = { deviation: Infinity, milliseconds: Infinity };
  closed = false;
  crash = false;
  readonly embedded: string[][] = [];

  constructor(readonly backend: Backend) {
    FakeWorker.all.push(this);
  }

  start(): Promise<void> {
    return Promise.resolve();
  }

  load(): Promise<void> {
    this.check = { deviation: 2e-6, milliseconds: FakeWorker.times[this.backend] ?? 100 };
    const failure = FakeWorker.failures[this.backend];
    return failure ? Promise.reject(new Error(failure)) : Promise.resolve();
  }

  embed(texts: string[]): Promise<Float32Array[]> {
    this.embedded.push(texts);
    if (this.crash) return Promise.reject(new Error('The GPU was lost.'));
    return Promise.resolve(texts.map(() => Float32Array.of(0, 1)));
  }

  read(texts: string[]): Promise<Reading[]> {
    const read = (text: string): Reading => ({
      cutShort: text.includes('ß'),
      unreadFrom: text.length > 20 ? 20 : undefined,
    });
    return Promise.resolve(texts.map(read));
  }

  tokenize(text: string): Promise<Int32Array> {
    return Promise.resolve(Int32Array.of(text.length));
  }

  usage(): Promise<Usage> {
    return Promise.resolve({ memory: 50e6, downloaded: 1e6, version: '4.22.0' });
  }

  retire(): void {
    this.closed = true;
  }

  close(): void {
    this.closed = true;
  }
}
