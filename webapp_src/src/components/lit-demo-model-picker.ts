import { localized, msg } from '@lit/localize';
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { Model } from '../generated/manifest';
import { encoderBytes } from '../inference/encoder-files';
import type { EncoderStatus } from '../inference/encoder-status';
import { localizeSentence } from '../localization/language';
import { fire } from './events';
import { formatLoaded, formatMegabytes } from './format';
import { buttons, shared } from './shared-styles';

/**
 * The choice of model, with the progress of loading its text encoder.
 *
 * @fires model-chosen - `{modelId}`
 * @fires retry-requested - The encoder failed and should be loaded again.
 */
@localized()
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

      fieldset {
        margin: 0;
        padding: 0;
        border: 0;
      }

      legend {
        margin-bottom: 0.35rem;
        padding: 0;
        color: var(--muted);
        font-size: 0.875rem;
        font-weight: 600;
      }

      .models {
        display: flex;
        flex-wrap: wrap;
        gap: 0.5rem;
      }

      label {
        position: relative;
        display: flex;
        flex: 1 1 8.5rem;
        align-items: center;
        gap: 0.6rem;
        min-height: var(--target);
        padding: 0.4rem 0.9rem;
        padding-inline-start: 0.75rem;
        border: 1px solid var(--edge);
        border-radius: var(--round);
        background: var(--surface);
        cursor: pointer;
      }

      label:hover {
        background: var(--hover);
      }

      label:has(:checked) {
        border-color: var(--accent);
        box-shadow: inset 0 0 0 1px var(--accent);
      }

      label:has(:focus-visible) {
        outline: 3px solid var(--focus);
        outline-offset: 2px;
      }

      @media (forced-colors: active) {
        label:has(:checked) {
          outline: 2px solid Highlight;
        }
      }

      input {
        width: 1.15rem;
        height: 1.15rem;
        margin: 0;
        outline: none;
        accent-color: var(--accent);
      }

      .text {
        display: grid;
        line-height: 1.3;
      }

      .name {
        font-weight: 600;
      }

      .size {
        color: var(--muted);
        font-size: 0.8125rem;
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
      <fieldset>
        <legend>${msg('Model')}</legend>
        <div class="models">${this.models.map((model) => this.renderModel(model))}</div>
      </fieldset>
      <p role="status">${describeEncoder(encoder)}</p>
      ${
        encoder.status === 'loading'
          ? html`<div class="load">
              <progress
                max=${encoder.total}
                .value=${encoder.loaded}
                aria-label=${msg('Loading the model')}
              ></progress>
              <span>${formatLoaded(encoder)}</span>
            </div>`
          : nothing
      }
      ${
        encoder.status === 'failed'
          ? html`<button type="button" @click=${this.onRetry}>${msg('Try again')}</button>`
          : nothing
      }
    `;
  }

  private renderModel(model: Model): TemplateResult {
    return html`<label>
      <input
        type="radio"
        name="model"
        .checked=${model.id === this.model.id}
        @change=${() => {
          fire(this, 'model-chosen', { modelId: model.id });
        }}
      />
      <span class="text">
        <span class="name">${model.name}</span>
        <span class="size">${describeSize(model)}</span>
      </span>
    </label>`;
  }

  private onRetry(): void {
    fire(this, 'retry-requested', null);
  }
}

function describeSize(model: Model): string {
  return model.encoder ? formatMegabytes(encoderBytes(model)) : msg('Example captions only');
}

function describeEncoder(encoder: EncoderStatus): string {
  switch (encoder.status) {
    case 'absent':
      return msg('This model answers its example captions only.');
    case 'idle':
      return msg('The model loads when you need it.');
    case 'loading':
      return encoder.attempt > 1
        ? msg('A download failed. Loading the model again…')
        : msg('Loading the model…');
    case 'preparing':
      return msg('Preparing the model…');
    case 'ready':
      return msg('The model is ready.');
    case 'failed':
      return `${msg('The model could not be loaded.')} ${localizeSentence(encoder.message)}`;
  }
}
