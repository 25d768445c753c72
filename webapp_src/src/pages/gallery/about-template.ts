import { html, nothing, type TemplateResult } from 'lit';
import '../../components/lit-demo-about';
import '../../components/lit-demo-language';
import '../../components/lit-demo-model-picker';
import type { GalleryVisit } from './gallery-visit';

/** The gallery's model, its links, and the choice of a language where visitors have one. */
export function renderAbout({ manifest, model, reader }: GalleryVisit): TemplateResult {
  return html`<div class="about">
    <div>
      <lit-demo-model-picker
        .models=${[model]}
        .model=${model}
        .encoder=${reader.encoder}
      ></lit-demo-model-picker>
      ${manifest.visitorLanguage ? html`<lit-demo-language></lit-demo-language>` : nothing}
    </div>
    <lit-demo-about
      .model=${model}
      .links=${manifest.links}
      .generator=${manifest.generator}
      .textLanguage=${manifest.language}
      .scores=${false}
    ></lit-demo-about>
  </div>`;
}
