import { localized, msg } from '@lit/localize';
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { Generator, Link, Model } from '../generated/manifest';
import { listLanguages } from '../localization/scripts';
import { renderLicense } from './license';
import { renderMadeWith } from './made-with';
import { shared } from './shared-styles';

/** Says what runs where, which model it is, and what made the page. */
@localized()
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
        text-align: -webkit-match-parent;
        text-align: match-parent;
        max-width: 42rem;
        margin: 0 0 0.75rem;
      }

      .links {
        display: flex;
        flex-wrap: wrap;
        gap: 0 1.25rem;
        font-weight: 550;
      }

      .links a {
        display: inline-flex;
        align-items: center;
        min-height: var(--target);
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
  /** The language of the demo's texts, which may not be that of the page. */
  @property({ attribute: false }) textLanguage = '';
  /** Whether captions have scores here; in a gallery, they find pictures. */
  @property({ attribute: false }) scores = true;

  protected override render(): TemplateResult {
    const { model, generator } = this;
    return html`
      <p class="links">
        ${this.links.map(
          ({ url, label }) =>
            html`<a href=${url} lang=${this.textLanguage || nothing}>${label}</a> `,
        )}
        <a href="benchmark.html">${msg('How fast is this device?')}</a>
        ${this.scores ? html`<a href="playground.html">${msg('Use it in code')}</a>` : nothing}
      </p>
      <p>
        ${msg('The model looked at the pictures once, when this page was made.')}
        ${
          model.encoder
            ? msg('It reads captions here, in your browser: nothing you type leaves this device.')
            : msg(
                'It read the example captions then too, and answers no others. Nothing you type leaves this device.',
              )
        }
        ${this.scores ? describeScores(model) : nothing}
      </p>
      <p lang=${this.textLanguage || nothing} dir="auto">${model.description}</p>
      <dl>
        <dt>${msg('Model')}</dt>
        <dd>
          ${
            model.source
              ? html`<a href=${model.source} rel="external noopener">${model.name}</a>`
              : model.name
          }
        </dd>
        <dt>${msg('For pictures')}</dt>
        <dd>${model.imageTower}</dd>
        <dt>${msg('For captions')}</dt>
        <dd>${model.textTower}</dd>
        ${
          model.languages.length > 0
            ? html`<dt>${msg('Languages')}</dt>
                <dd>${listLanguages(model.languages)}</dd>`
            : nothing
        }
        ${
          model.license
            ? html`<dt>${msg('Licence')}</dt>
                <dd>${renderLicense(model.license)}</dd>`
            : nothing
        }
      </dl>
      ${renderMadeWith(generator)}
    `;
  }
}

function describeScores({ scoring }: Model): string {
  return scoring.kind === 'softmax'
    ? msg('The captions of a picture compete, so their percentages add up to 100.')
    : msg('Each caption is judged alone, so that percentages need not add up to 100.');
}
