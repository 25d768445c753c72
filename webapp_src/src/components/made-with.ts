import { msg, str } from '@lit/localize';
import { html, nothing, type TemplateResult } from 'lit';
import type { Generator } from '../generated/manifest';

/** What made the page; nothing until the manifest has loaded. */
export function renderMadeWith(generator: Generator | undefined): TemplateResult | typeof nothing {
  if (!generator) return nothing;
  return html`<p>
    ${msg(str`Made with ${generator.name} ${generator.version}.`)}
    <a href="licenses.html">${msg('Open-source licences')}</a>
  </p>`;
}
