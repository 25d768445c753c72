import { configureLocalization } from '@lit/localize';
import { toLocale, translateSentence, type Catalogue } from './catalogue';
import { closestLanguage, LANGUAGES, SOURCE, type Language } from './languages';

type Load = () => Promise<{ readonly default: Catalogue }>;

const CATALOGUES: Readonly<Record<string, Load>> = {
  de: () => import('./catalogues/de.json'),
  es: () => import('./catalogues/es.json'),
  ja: () => import('./catalogues/ja.json'),
  ar: () => import('./catalogues/ar.json'),
};

/** Where the browser keeps what the visitor chose; visitor-language.ts reads it. */
const CHOICE = 'lit-demo language';

const loaded = new Map<string, Catalogue>();

const { getLocale, setLocale } = configureLocalization({
  sourceLocale: SOURCE,
  targetLocales: Object.keys(CATALOGUES),
  async loadLocale(code) {
    const catalogue = (await CATALOGUES[code]?.())?.default ?? {};
    loaded.set(code, catalogue);
    return toLocale(catalogue);
  },
});

/** The language that the page speaks now. */
export const currentLanguage = getLocale;

/**
 * Makes the page speak the language that its HTML says it has.
 *
 * If that cannot be loaded, the page speaks English and says so in its HTML.
 */
export async function startLanguage(): Promise<void> {
  const { lang } = document.documentElement;
  if (!(await speakLanguage(lang))) describePage(SOURCE);
}

/**
 * Has everything here speak the language of a tag such as `de-CH`, or English.
 *
 * @returns Whether its catalogue could be loaded.
 */
export async function speakLanguage(tag: string): Promise<boolean> {
  try {
    await setLocale(closestLanguage(tag)?.code ?? SOURCE);
    return true;
  } catch (error) {
    console.warn(`There is no catalogue for ${tag}.`, error);
    return false;
  }
}

/**
 * Makes the page speak another language, and remembers that the visitor chose it.
 *
 * @throws Error if its catalogue cannot be loaded.
 */
export async function chooseLanguage(code: string): Promise<void> {
  await setLocale(code);
  describePage(code);
  try {
    localStorage.setItem(CHOICE, code);
  } catch {
    // Browsers may keep nothing for a page, as in private windows; it is then asked again.
  }
}

/** A sentence of an error, which inference makes in English, here and in workers. */
export function localizeSentence(sentence: string): string {
  return translateSentence(sentence, loaded.get(getLocale()) ?? {});
}

/** The locale by which numbers are written: in all languages with the digits of the page's JSON. */
export function numberLocale(): string {
  return `${getLocale()}-u-nu-latn`;
}

/** Where the lines of the language go that is spoken now. */
export function currentDirection(): Language['direction'] {
  return directionOf(getLocale());
}

function directionOf(code: string): Language['direction'] {
  return LANGUAGES.find((language) => language.code === code)?.direction ?? 'ltr';
}

function describePage(code: string): void {
  const { documentElement: page } = document;
  page.lang = code;
  page.dir = directionOf(code);
}
