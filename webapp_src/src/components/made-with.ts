import { html, nothing, type TemplateResult } from 'lit';
import type { Generator } from '../generated/manifest';

/** What made the page; nothing until the manifest has loaded. */
export function renderMadeWith(generator: Generator | undefined): TemplateResult | typeof nothing {
  if (!generator) return nothing;
  return html`<p>
    Made with ${generator.name} ${generator.version}, which builds on
    <a href="assets/licenses.md">open-source software</a>.
  </p>`;
}
