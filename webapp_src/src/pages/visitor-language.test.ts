// @vitest-environment happy-dom
import { beforeEach, expect, it, vi } from 'vitest';

const { documentElement: page } = document;

beforeEach(() => {
  vi.resetModules();
  localStorage.clear();
  page.lang = 'en';
  page.dir = 'ltr';
  page.dataset['languages'] = 'en de es ja ar';
});

async function run(languages: readonly string[]): Promise<string[]> {
  vi.spyOn(navigator, 'languages', 'get').mockReturnValue(languages);
  // @ts-expect-error It is a classic script, which exports nothing.
  await import('./visitor-language');
  return [page.lang, page.dir];
}

it('takes the first language of the browser that the page speaks', async () => {
  expect(await run(['fr-CA', 'ar-EG', 'de'])).toEqual(['ar', 'rtl']);
});

it('puts what was chosen before that', async () => {
  localStorage.setItem('lit-demo language', 'ja');
  expect(await run(['de-AT'])).toEqual(['ja', 'ltr']);
});

it('leaves the page as it is for all other languages', async () => {
  expect(await run(['fr', 'zh-Hant'])).toEqual(['en', 'ltr']);
});
