import type { FileList } from '../generated/manifest';
import { stubNetwork } from './network';
import { hashOf } from './sealed-manifest';

/** What answers of a gallery's files: those that a test has made, and how often each was asked for. */
export class FileHost {
  readonly contents = new Map<string, Uint8Array<ArrayBuffer>>();
  readonly asked: string[] = [];

  /** Adds a file that is named by its content; returns its URL. */
  add(content: Uint8Array<ArrayBuffer>, suffix = '.bin'): string {
    const url = `https://demo.test/gallery/${hashOf(content).slice(0, 32)}${suffix}`;
    this.contents.set(url, content);
    return url;
  }

  /** Adds files and their list. */
  addList(contents: readonly Uint8Array<ArrayBuffer>[]): FileList {
    const names = contents.map((content) => {
      this.add(content);
      return hashOf(content).slice(0, 32);
    });
    const list = Uint8Array.from(Buffer.from(names.join(''), 'hex'));
    return {
      url: this.add(list, '.list'),
      sha256: hashOf(list),
      bytes: list.length,
      folder: 'https://demo.test/gallery',
      suffix: '.bin',
      count: contents.length,
    };
  }

  /** Answers what is fetched, until `vi.unstubAllGlobals`. */
  listen(): void {
    stubNetwork((url) => {
      this.asked.push(url);
      const content = this.contents.get(url);
      return content ? new Response(content) : new Response('', { status: 404 });
    });
  }
}
