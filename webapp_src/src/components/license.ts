import { html, type TemplateResult } from 'lit';

const CC = 'https://creativecommons.org';

/** A licence's name, linked to its text where the name says which text that is. */
export function renderLicense(name: string): TemplateResult {
  const url = licenseUrl(name);
  return url ? html`<a href=${url} rel="license external noopener">${name}</a>` : html`${name}`;
}

/** The address of a licence's text, for the names of Creative Commons' licences and Apache's. */
export function licenseUrl(name: string): string | undefined {
  if (/^CC[ -]?0\b|^CC Zero\b/i.test(name)) return `${CC}/publicdomain/zero/1.0/`;
  if (/^Apache[ -](License,? )?(Version )?2(\.0)?$/i.test(name)) {
    return 'https://www.apache.org/licenses/LICENSE-2.0';
  }
  const [, terms, version] = /^CC[ -](BY(?:-\w\w)*)[ -](\d\.\d)\b/i.exec(name) ?? [];
  return terms && version && `${CC}/licenses/${terms.toLowerCase()}/${version}/`;
}
