import { msg } from '@lit/localize';
import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { renderMadeWith } from '../../components/made-with';
import { shared } from '../../components/shared-styles';
import { FunctionController } from '../../inference/functions/function-controller';
import '../../components/lit-demo-loading';
import { column } from '../../components/page-styles';
import './lit-demo-sliders';

/**
 * A page of functions, each with a slider for every number of its inputs.
 *
 * `data-status` on the host is loading, ready or failed; `data-backend` names the backend once ready.
 *
 * @attr manifest - Address of the manifest, relative to the page.
 * @slot header - The page's title, description and links.
 */
export class LitDemoFunction extends LitElement {
  static override styles = [shared, column];

  private readonly loader = new FunctionController(this);

  protected override render(): TemplateResult {
    const { status, functions } = this.loader;
    return html`
      <slot name="header"></slot>
      <main>
        ${functions.map(
          (loaded) => html`<lit-demo-sliders .function=${loaded}></lit-demo-sliders>`,
        )}
        <lit-demo-loading
          .status=${status}
          @retry-requested=${() => void this.loader.load()}
        ></lit-demo-loading>
      </main>
      ${status.status === 'loading' ? nothing : this.renderFooter()}
    `;
  }

  /** It comes with what stands above it, which would else push it down. */
  private renderFooter(): TemplateResult {
    return html`
      <footer>
        <p>
          ${msg('What you set is computed here, in your browser, by a JAX function that was converted to TensorFlow.js. Before it answers, it has to reproduce what JAX computed.')}
        </p>
        <p><a href="benchmark.html">${msg('How fast is this device?')}</a></p>
        ${renderMadeWith(this.loader.manifest?.generator)}
      </footer>
    `;
  }
}
