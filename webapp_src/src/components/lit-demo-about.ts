import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { Generator, Link, Model } from '../generated/manifest';
import { renderLicense } from './license';
import { renderMadeWith } from './made-with';
import { shared } from './shared-styles';

/** Pages that every demo has. */
const OWN_PAGES: readonly Link[] = [
  { url: 'benchmark.html', label: 'How fast is this device?' },
  { url: 'playground.html', label: 'Use it in code' },
];

/** Says what runs where, which model it is, and what made the page. */
@customElement('lit-demo-about')
export class LitDemoAbout extends LitElement {
  static override styles = [
    shared,
    css`
      :host {
        display: block;
        color: var(--muted);
        font-size: 0.9375rem;
      }

      p {
        max-width: 42rem;
        margin: 0 0 0.75rem;
      }

      .links {
        display: flex;
        flex-wrap: wrap;
        gap: 0.5rem 1.25rem;
        font-weight: 550;
      }

      dl {
        display: grid;
        grid-template-columns: max-content minmax(0, 1fr);
        gap: 0.25rem 1rem;
        margin: 0 0 0.75rem;
      }

      dd {
        margin: 0;
        color: var(--text);
        overflow-wrap: anywhere;
      }
    `,
  ];

  @property({ attribute: false }) model!: Model;
  @property({ attribute: false }) generator!: Generator;
  @property({ attribute: false }) links: readonly Link[] = [];

  protected override render(): TemplateResult {
    const { model, generator } = this;
    return html`
      <p class="links">
        ${[...this.links, ...OWN_PAGES].map(({ url, label }) => html`<a href=${url}>${label}</a> `)}
      </p>
      <p>
        The pictures went through the model’s image tower once, when this page was made.
        ${
          model.encoder
            ? 'Its text tower runs here, in your browser: nothing you type leaves this device.'
            : 'So did the example prompts through its text tower, which is not here: this model answers no others. Nothing you type leaves this device.'
        }
        ${
          model.scoring.kind === 'softmax'
            ? 'The captions of a picture compete, so their percentages add up to 100.'
            : 'Each caption is judged alone, so that percentages need not add up to 100.'
        }
      </p>
      <p>${model.description}</p>
      <dl>
        <dt>Model</dt>
        <dd>
          ${
            model.source
              ? html`<a href=${model.source} rel="external noopener">${model.name}</a>`
              : model.name
          }
        </dd>
        <dt>Image tower</dt>
        <dd>${model.imageTower}</dd>
        <dt>Text tower</dt>
        <dd>${model.textTower}</dd>
        ${
          model.license
            ? html`<dt>Licence</dt>
                <dd>${renderLicense(model.license)}</dd>`
            : nothing
        }
      </dl>
      ${renderMadeWith(generator)}
    `;
  }
}
