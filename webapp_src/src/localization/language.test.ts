// @vitest-environment happy-dom
import { msg } from '@lit/localize';
import { beforeEach, expect, it, vi } from 'vitest';
import { chooseLanguage, currentLanguage, localizeSentence, startLanguage } from './language';

const { documentElement: page } = document;

beforeEach(async () => {
  localStorage.clear();
  page.lang = 'en';
  await startLanguage();
});

it.each([
  ['de-CH', 'de', 'Schließen'],
  ['ja', 'ja', '閉じる'],
  ['en-GB', 'en', 'Close'],
  ['fr', 'en', 'Close'],
])('speaks the language of a page in %s', async (lang, code, close) => {
  page.lang = lang;
  await startLanguage();
  expect(currentLanguage()).toBe(code);
  expect(msg('Close')).toBe(close);
});

it('turns the page to a language that is chosen, and remembers it', async () => {
  await chooseLanguage('ar');
  expect([page.lang, page.dir]).toEqual(['ar', 'rtl']);
  expect(localizeSentence('The model is ready.')).toBe('النموذج جاهز.');
  expect(localStorage.getItem('lit-demo language')).toBe('ar');
  await chooseLanguage('en');
  expect([page.lang, page.dir, msg('Close')]).toEqual(['en', 'ltr', 'Close']);
});

it('speaks a language that was chosen where the browser keeps nothing', async () => {
  const setItem = vi.fn(() => {
    throw new DOMException('no', 'SecurityError');
  });
  vi.stubGlobal('localStorage', { setItem });
  await chooseLanguage('es');
  expect(setItem).toHaveBeenCalled();
  vi.unstubAllGlobals();
  expect(currentLanguage()).toBe('es');
});
