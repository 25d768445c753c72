import { afterEach, expect, it, vi } from 'vitest';

/** What a worker was started with. */
let started: string[];

/** `moduleScript` on a page at https://page.test/. */
async function load(): Promise<typeof import('./module-worker')> {
  started = [];
  vi.resetModules();
  vi.stubGlobal('window', {});
  vi.stubGlobal('location', { origin: 'https://page.test' });
  vi.stubGlobal(
    'Worker',
    vi.fn(function (url: string) {
      started.push(url);
    }),
  );
  return import('./module-worker');
}

afterEach(() => {
  vi.unstubAllGlobals();
});

it('starts a script of the page’s origin as it is', async () => {
  const { moduleScript } = await load();
  moduleScript(new URL('https://page.test/demo/worker.js')).start('a');
  expect(started).toEqual(['https://page.test/demo/worker.js']);
});

it('starts one of another origin by a script of the page’s that imports it', async () => {
  const { moduleScript } = await load();
  const script = moduleScript(new URL('https://demo.test/worker.js'));
  script.start('a');
  script.start('b');
  const [url = ''] = started;
  expect(url).toMatch(/^blob:/);
  expect(started).toEqual([url, url]);
  const code = await (await fetch(url)).text();
  expect(code).toBe('import "https://demo.test/worker.js";');
});
