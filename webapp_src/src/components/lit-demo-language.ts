import { localized, msg } from '@lit/localize';
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { chooseLanguage, currentLanguage } from '../localization/language';
import { LANGUAGES } from '../localization/languages';
import { fields, shared } from './shared-styles';

/** The choice of the page's language, each under its own name. */
@localized()
@customElement('lit-demo-language')
export class LitDemoLanguage extends LitElement {
  static override styles = [
    shared,
    fields,
    css`
      label {
        display: flex;
        flex-wrap: wrap;
        gap: 0.25rem 0.6rem;
        align-items: center;
      }

      p {
        margin: 0.25rem 0 0;
        color: var(--error);
      }
    `,
  ];

  @state() private failed = false;

  protected override render(): TemplateResult {
    const current = currentLanguage();
    return html`
      <label>
        ${msg('Language')}
        <select class="field" @change=${this.choose}>
          ${LANGUAGES.map(
            ({ code, name }) =>
              html`<option value=${code} lang=${code} .selected=${code === current}>
                ${name}
              </option>`,
          )}
        </select>
      </label>
      ${
        this.failed
          ? html`<p role="alert">
              ${msg('This language could not be loaded. Check the connection and try again.')}
            </p>`
          : nothing
      }
    `;
  }

  private async choose({ target }: Event): Promise<void> {
    const select = target as HTMLSelectElement;
    try {
      await chooseLanguage(select.value);
      this.failed = false;
    } catch {
      select.value = currentLanguage();
      this.failed = true;
    }
  }
}
