import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { Model } from '../generated/manifest';
import { encoderBytes } from '../inference/encoder-files';
import type { BackendName, EncoderStatus } from '../inference/status';
import { fire } from './events';
import { formatMegabytes } from './format';
import { buttons, shared } from './styles';

const BACKEND_TITLES: Readonly<Record<BackendName, string>> = {
  wasm: 'WebAssembly',
  webgl: 'WebGL',
  webgpu: 'WebGPU',
  cpu: 'JavaScript',
};

/**
 * The choice of model, with the progress of loading its text encoder.
 *
 * @fires model-chosen - `{modelId}`
 * @fires retry-requested - The encoder failed and should be loaded again.
 */
@customElement('lit-demo-model-picker')
export class LitDemoModelPicker extends LitElement {
  static override styles = [
    shared,
    buttons,
    css`
      :host {
        display: grid;
        gap: 0.4rem;
        align-content: start;
      }

      .choice {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr);
        align-items: center;
        gap: 0.75rem;
      }

      label {
        color: var(--muted);
        font-size: 0.875rem;
        font-weight: 600;
      }

      select {
        width: 100%;
        min-height: var(--target);
        padding: 0.4rem 0.6rem;
        border: 1px solid var(--edge);
        border-radius: var(--round);
        background: var(--surface);
        color: var(--text);
        font: inherit;
        font-weight: 600;
        text-overflow: ellipsis;
      }

      p {
        margin: 0;
        color: var(--muted);
        font-size: 0.9375rem;
      }

      .load {
        display: flex;
        align-items: center;
        gap: 0.75rem;
        min-height: 1.5rem;
        font-size: 0.875rem;
        font-variant-numeric: tabular-nums;
      }

      progress {
        flex: 1;
        height: 0.5rem;
        border: 0;
        border-radius: 1rem;
        background: var(--track);
        accent-color: var(--accent);
        appearance: none;
      }

      progress::-webkit-progress-bar {
        border-radius: 1rem;
        background: var(--track);
      }

      progress::-webkit-progress-value {
        border-radius: 1rem;
        background: var(--accent);
      }

      progress::-moz-progress-bar {
        border-radius: 1rem;
        background: var(--accent);
      }

      button {
        justify-self: start;
      }
    `,
  ];

  @property({ attribute: false }) models: readonly Model[] = [];
  @property({ attribute: false }) model!: Model;
  @property({ attribute: false }) encoder: EncoderStatus = { status: 'idle' };

  protected override render(): TemplateResult {
    const { encoder } = this;
    return html`
      <div class="choice">
        <label for="model">Model</label>
        <select id="model" @change=${this.onChange}>
          ${this.models.map(
            (model) =>
              html`<option value=${model.id} .selected=${model.id === this.model.id}>
                ${model.name} (${formatMegabytes(encoderBytes(model))})
              </option>`,
          )}
        </select>
      </div>
      <p role="status">${describeEncoder(encoder)}</p>
      ${
        encoder.status === 'loading'
          ? html`<div class="load">
              <progress
                max=${encoder.total}
                .value=${encoder.loaded}
                aria-label="Download of the text encoder"
              ></progress>
              <span>
                ${(encoder.loaded / 1e6).toFixed(1)} of ${formatMegabytes(encoder.total)}
              </span>
            </div>`
          : nothing
      }
      ${
        encoder.status === 'failed'
          ? html`<button type="button" @click=${this.onRetry}>Try again</button>`
          : nothing
      }
    `;
  }

  private onChange(event: Event): void {
    fire(this, 'model-chosen', { modelId: (event.target as HTMLSelectElement).value });
  }

  private onRetry(): void {
    fire(this, 'retry-requested', null);
  }
}

function describeEncoder(encoder: EncoderStatus): string {
  switch (encoder.status) {
    case 'idle':
      return 'The text encoder loads when you need it.';
    case 'loading':
      return encoder.attempt > 1
        ? 'The connection failed. Loading the text encoder again…'
        : 'Loading the text encoder…';
    case 'preparing':
      return 'Preparing the text encoder…';
    case 'ready':
      return `The text encoder is ready (${BACKEND_TITLES[encoder.backend]}).`;
    case 'failed':
      return `The text encoder could not be loaded. ${encoder.message}`;
  }
}
