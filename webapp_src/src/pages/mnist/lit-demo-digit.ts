import { msg, str } from '@lit/localize';
import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { query, state } from 'lit/decorators.js';
import type { DemoEvent } from '../../components/events';
import { formatPercent } from '../../components/format';
import { RESET, TRASH } from '../../components/icons';
import { renderMadeWith } from '../../components/made-with';
import { buttons, shared } from '../../components/shared-styles';
import { FunctionController } from '../../inference/functions/function-controller';
import { LatestOnly } from '../../inference/functions/latest-only';
import { localizeSentence } from '../../localization/language';
import '../../components/lit-demo-loading';
import { column, surface } from '../../components/page-styles';
import './lit-demo-bars';
import { layout } from './lit-demo-digit.styles';
import './lit-demo-mistakes';
import './lit-demo-pad';
import type { LitDemoPad } from './lit-demo-pad';
import './lit-demo-pixels';
import type { Mistake } from './mistakes';
import { rasterize } from './raster';
import { undoStroke, type Drawing } from './strokes';

/**
 * A page to draw digits on, which shows what a network takes them for as they are drawn.
 *
 * `data-status` on the host is loading, ready or failed; `data-backend` names the backend once ready;
 * `data-digit` is the answer, if there is one, and `data-probability` how sure it is.
 *
 * @attr manifest - Address of the manifest, relative to the page.
 * @slot header - The page's title, description and links.
 */
export class LitDemoDigit extends LitElement {
  static override styles = [shared, buttons, column, surface, layout];

  private readonly loader = new FunctionController(this, () => {
    this.ask();
  });

  @state() private drawing: Drawing = [];
  @state() private mistake: Mistake | undefined;
  @state() private centred = true;
  @state() private probabilities: readonly number[] = [];
  @state() private failure = '';

  @query('lit-demo-pad') private readonly pad!: LitDemoPad;
  @query('.answer') private readonly answer!: HTMLElement;

  private readonly live = new LatestOnly<Float32Array, readonly number[]>(
    async (image) => {
      const [classify] = this.loader.functions;
      const [input] = classify?.inputs ?? [];
      if (!classify || !input) return [];
      const outputs = await classify.run({ [input.name]: image });
      return [...(outputs[classify.outputs[0] ?? '']?.values ?? [])];
    },
    (probabilities) => {
      this.failure = '';
      // Cleared while it was computed.
      this.probabilities = this.isEmpty ? [] : probabilities;
    },
    (error) => {
      this.failure = error.message;
    },
  );

  protected override render(): TemplateResult {
    const { status, manifest } = this.loader;
    const mistakes = manifest?.data['mistakes'];
    return html`
      <slot name="header"></slot>
      <main>
        <section class="surface" aria-label=${msg('Drawing')}>
          <lit-demo-pad
            .drawing=${this.drawing}
            @drawing-changed=${this.onDrawingChanged}
          ></lit-demo-pad>
          <div class="tools">
            <button type="button" ?disabled=${this.drawing.length === 0} @click=${this.onUndo}>
              ${RESET}${msg('Undo')}
            </button>
            <button type="button" ?disabled=${this.isEmpty} @click=${this.onClear}>
              ${TRASH}${msg('Clear')}
            </button>
          </div>
          <p class="hint keys">
            ${msg('With the keyboard: arrows move the pen, the space bar sets it down and lifts it.')}
          </p>
        </section>
        <section class="surface" aria-label=${msg('Answer')}>
          <p class="answer" role="status">${this.describeAnswer()}</p>
          <lit-demo-bars .probabilities=${this.probabilities}></lit-demo-bars>
          <lit-demo-loading
            .status=${status}
            @retry-requested=${() => void this.loader.load()}
          ></lit-demo-loading>
          ${this.failure ? html`<p role="alert">${localizeSentence(this.failure)}</p>` : nothing}
        </section>
        <section class="surface view" aria-labelledby="view">
          <lit-demo-pixels
            .image=${this.image}
            description=${msg('The 28 × 28 pixels that the model sees')}
          ></lit-demo-pixels>
          ${this.renderSwitch()}
        </section>
      </main>
      ${
        mistakes
          ? html`<lit-demo-mistakes
              .file=${mistakes}
              .chosen=${this.mistake}
              @mistake-chosen=${this.onMistakeChosen}
            ></lit-demo-mistakes>`
          : nothing
      }
      <footer>
        <p>
          ${msg('The network runs here, in your browser: what you draw never leaves this device. It was trained with JAX and converted to TensorFlow.js; before it answers, it has to reproduce what JAX computed.')}
        </p>
        <p><a href="benchmark.html">${msg('How fast is this device?')}</a></p>
        ${renderMadeWith(manifest?.generator)}
      </footer>
    `;
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    const { best } = this;
    if (best === undefined) {
      delete this.dataset['digit'];
      delete this.dataset['probability'];
    } else {
      this.dataset['digit'] = String(best);
      this.dataset['probability'] = String(this.probabilities[best]);
    }
  }

  private renderSwitch(): TemplateResult {
    return html`<div>
      <h2 id="view">${msg('What the model sees')}</h2>
      <label>
        <input
          type="checkbox"
          role="switch"
          .checked=${this.centred}
          ?disabled=${this.mistake !== undefined}
          @change=${this.onSwitched}
        />
        ${msg('Centre and scale as MNIST was')}
      </label>
      <p class="hint">
        ${msg('MNIST’s digits were fitted into 20 × 20 pixels and moved so that their weight lies in the middle. The network knows no others: draw a small digit in a corner and switch this off.')}
      </p>
    </div>`;
  }

  private get isEmpty(): boolean {
    return this.drawing.length === 0 && !this.mistake;
  }

  private get image(): Float32Array {
    return this.mistake?.image ?? rasterize(this.drawing, this.centred);
  }

  /** The most probable digit. */
  private get best(): number | undefined {
    if (this.probabilities.length === 0) return undefined;
    return this.probabilities.indexOf(Math.max(...this.probabilities));
  }

  private describeAnswer(): TemplateResult | string {
    const { best, mistake } = this;
    if (best === undefined) {
      return this.isEmpty ? msg('Draw a digit from 0 to 9.') : msg('One moment…');
    }
    const sure = formatPercent(this.probabilities[best] ?? 0);
    return html`<strong>${best}</strong>
      <span>${mistake ? msg(str`${sure}; it is a ${mistake.label}`) : sure}</span>`;
  }

  private ask(): void {
    if (this.isEmpty) this.probabilities = [];
    else if (this.loader.functions.length > 0) this.live.ask(this.image);
  }

  private change(drawing: Drawing): void {
    this.drawing = drawing;
    this.mistake = undefined;
    this.ask();
  }

  private onDrawingChanged({ detail }: DemoEvent<'drawing-changed'>): void {
    this.change(detail);
  }

  private onUndo(): void {
    this.change(undoStroke(this.drawing));
    if (this.isEmpty) this.pad.focus();
  }

  private onClear(): void {
    this.change([]);
    this.pad.focus();
  }

  private onSwitched({ target }: Event): void {
    this.centred = (target as HTMLInputElement).checked;
    this.ask();
  }

  private onMistakeChosen({ detail }: DemoEvent<'mistake-chosen'>): void {
    this.drawing = [];
    this.mistake = detail;
    this.ask();
    // The digits lie far below the answer on a phone.
    this.answer.scrollIntoView({ block: 'nearest' });
  }
}
