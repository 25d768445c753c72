/** A language that the page speaks. */
export interface Language {
  /** Its tag: https://www.rfc-editor.org/info/bcp47. */
  readonly code: string;
  /** Its name in itself. */
  readonly name: string;
  readonly direction: 'ltr' | 'rtl';
}

/** The language that texts have in the code. */
export const SOURCE = 'en';

/** All languages; each but the first has a catalogue beside this file. */
export const LANGUAGES: readonly Language[] = [
  { code: SOURCE, name: 'English', direction: 'ltr' },
  { code: 'de', name: 'Deutsch', direction: 'ltr' },
  { code: 'es', name: 'Español', direction: 'ltr' },
  { code: 'ja', name: '日本語', direction: 'ltr' },
  { code: 'ar', name: 'العربية', direction: 'rtl' },
];

/** The language that the page speaks where a tag such as `de-CH` is asked for. */
export function closestLanguage(tag: string): Language | undefined {
  const [code] = tag.toLowerCase().split('-');
  return LANGUAGES.find((language) => language.code === code);
}
