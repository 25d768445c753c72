import { currentLanguage } from './language';

/** The scripts of Unicode that make up those in which some languages are written. */
const PARTS: Readonly<Record<string, readonly string[]>> = {
  Jpan: ['Hani', 'Hira', 'Kana'],
  Kore: ['Hang', 'Hani'],
  Hans: ['Hani'],
  Hant: ['Hani'],
};

/**
 * Whether a text has letters of a script in which none of these languages is written.
 *
 * @param languages Codes such as `en`; of no languages, nothing is known.
 */
export function isForeign(text: string, languages: readonly string[]): boolean {
  if (languages.length === 0) return false;
  const scripts = languages.map((code) => new Intl.Locale(code).maximize().script);
  if (scripts.includes(undefined)) return false;
  const known = scripts
    .flatMap((script = '') => PARTS[script] ?? [script])
    .map((script) => `\\p{Script_Extensions=${script}}`)
    .join('');
  const shared = '\\p{Script=Common}\\p{Script=Inherited}';
  return new RegExp(`(?![${known}${shared}])\\p{Letter}`, 'u').test(text);
}

/** The names of languages, in that of the page. */
export function listLanguages(codes: readonly string[]): string {
  const names = new Intl.DisplayNames(currentLanguage(), { type: 'language' });
  return new Intl.ListFormat(currentLanguage()).format(codes.map((code) => names.of(code) ?? code));
}
