import { vi, type Mock } from 'vitest';

export type Answer = (url: string, options: RequestInit) => Response | Promise<Response>;

/** Stands in for the page's address and network; unstub with `vi.unstubAllGlobals`. */
export function stubNetwork(answer: Answer): Mock<Answer> {
  const mock = vi.fn(answer);
  vi.stubGlobal('document', { baseURI: 'https://demo.test/some/where/index.html' });
  vi.stubGlobal('fetch', async (url: URL | string, options: RequestInit = {}) => {
    options.signal?.throwIfAborted();
    return mock(String(url), options);
  });
  return mock;
}
