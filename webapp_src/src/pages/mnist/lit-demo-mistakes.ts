import { localized, msg, str } from '@lit/localize';
import { css, html, LitElement, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { fire } from '../../components/events';
import { formatDecimal } from '../../components/format';
import { buttons, shared } from '../../components/shared-styles';
import { surface } from '../../components/page-styles';
import type { FileRef } from '../../generated/manifest';
import { localizeSentence } from '../../localization/language';
import './lit-demo-pixels';
import { loadMistakes, type Mistake, type TestResult } from './mistakes';

declare module '../../components/events' {
  interface DemoEvents {
    'mistake-chosen': Mistake;
  }
}

/**
 * Digits of the test set that the network gets wrong, shown on request.
 *
 * @fires mistake-chosen - A CustomEvent with the `Mistake`.
 */
@localized()
@customElement('lit-demo-mistakes')
export class LitDemoMistakes extends LitElement {
  static override styles = [
    shared,
    buttons,
    surface,
    css`
      ul {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(5rem, 1fr));
        gap: 0.75rem;
        margin: 1rem 0 0;
        padding: 0;
        list-style: none;
      }

      li button {
        display: grid;
        gap: 0.35rem;
        width: 100%;
        padding: 0.5rem;
        font-size: 0.8125rem;
        line-height: 1.3;
      }

      li button[aria-pressed='true'] {
        border-color: var(--accent);
        box-shadow: inset 0 0 0 1px var(--accent);
      }

      p {
        max-width: 40rem;
      }
    `,
  ];

  @property({ attribute: false }) file!: FileRef;
  /** The one that is shown to the network now. */
  @property({ attribute: false }) chosen: Mistake | undefined;

  @state() private result: TestResult | undefined;
  @state() private failure = '';

  @query('[tabindex]') private readonly summary!: HTMLElement;

  protected override render(): TemplateResult {
    return html`<section class="surface" aria-labelledby="title">
      <h2 id="title">${msg('What it gets wrong')}</h2>
      ${this.result ? this.renderResult(this.result) : this.renderOffer()}
    </section>`;
  }

  private renderOffer(): TemplateResult {
    return html`
      <button type="button" @click=${() => void this.load()}>
        ${msg('Show me what it gets wrong')}
      </button>
      <p role="alert">${localizeSentence(this.failure)}</p>
    `;
  }

  private renderResult({ tested, accuracy, mistakes }: TestResult): TemplateResult {
    return html`
      <p tabindex="-1">
        ${msg(str`Of ${formatDecimal(tested)} digits that it had not been trained with, it names ${formatDecimal(100 * accuracy)}% rightly.`)}
        ${describe(mistakes.length)}
      </p>
      <ul>
        ${mistakes.map((mistake) => this.renderMistake(mistake))}
      </ul>
    `;
  }

  private renderMistake(mistake: Mistake): TemplateResult {
    return html`<li>
      <button
        type="button"
        aria-pressed=${mistake === this.chosen}
        @click=${() => {
          fire(this, 'mistake-chosen', mistake);
        }}
      >
        <lit-demo-pixels .image=${mistake.image}></lit-demo-pixels>
        <span>${msg(str`${mistake.label}, taken for ${mistake.guess}`)}</span>
      </button>
    </li>`;
  }

  private async load(): Promise<void> {
    this.failure = '';
    try {
      this.result = await loadMistakes(this.file);
    } catch (error) {
      this.failure = (error as Error).message;
      return;
    }
    // The button that had the focus is gone.
    await this.updateComplete;
    this.summary.focus();
  }
}

function describe(count: number): string {
  if (count === 0) return msg('It made no mistake.');
  return msg(str`Of the others, here: ${count}. Choose one to see what it thinks.`);
}
