import { msg, str } from '@lit/localize';
import { css, html, LitElement, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { fields, shared } from '../../components/shared-styles';
import type { LoadedFunction } from '../../inference/functions/functions';
import { localizeSentence } from '../../localization/language';
import { LatestOnly } from '../../inference/functions/latest-only';
import { surface } from '../../components/page-styles';
import type { Tensors } from '../../inference/functions/tensors';
import { formatNumber, makeSliders, type Slider } from './sliders';

type Question = Readonly<Record<string, readonly number[]>>;

/** A function with a slider for every number of its inputs, and its outputs as they are set. */
@customElement('lit-demo-sliders')
export class LitDemoSliders extends LitElement {
  static override styles = [
    shared,
    surface,
    fields,
    css`
      .surface {
        display: grid;
        gap: 1.25rem 2.5rem;
      }

      @media (min-width: 44rem) {
        .surface {
          grid-template-columns: minmax(0, 1fr) minmax(12rem, auto);
        }
      }

      h2 {
        margin: 0;
        grid-column: 1 / -1;
      }

      .row {
        display: grid;
        grid-template-columns: minmax(0, 1fr) 6.5rem;
        gap: 0 0.75rem;
        align-items: center;
      }

      label {
        grid-column: 1 / -1;
        font-weight: 550;
      }

      input[type='range'] {
        width: 100%;
        min-height: var(--target);
        margin: 0;
        accent-color: var(--accent);
      }

      input[type='number'] {
        width: 100%;
        font-variant-numeric: tabular-nums;
      }

      output {
        display: block;
        font: 600 clamp(2rem, 1.5rem + 3vw, 3.25rem) / 1.1 var(--serif);
        font-variant-numeric: tabular-nums;
        overflow-wrap: anywhere;
      }

      .name {
        margin: 0;
        color: var(--muted);
      }
    `,
  ];

  @property({ attribute: false }) function!: LoadedFunction;

  @state() private values: Question = {};
  @state() private outputs: Tensors = {};
  @state() private failure = '';

  private sliders: Readonly<Record<string, readonly Slider[]>> = {};

  private readonly live = new LatestOnly<Question, Tensors>(
    (question) => this.function.run(question),
    (outputs) => {
      this.failure = '';
      this.outputs = outputs;
    },
    (error) => {
      this.failure = error.message;
    },
  );

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('function')) return;
    const { inputs } = this.function;
    try {
      this.sliders = Object.fromEntries(inputs.map((input) => [input.name, makeSliders(input)]));
    } catch (error) {
      this.failure = (error as Error).message;
      return;
    }
    const starts = inputs.map(({ name }) => [name, this.sliders[name]?.map(({ start }) => start)]);
    this.values = Object.fromEntries(starts) as Question;
    this.live.ask(this.values);
  }

  protected override render(): TemplateResult {
    return html`<section class="surface" aria-labelledby="title">
      <h2 id="title">${this.function.id}</h2>
      <div>
        ${Object.entries(this.sliders).map(([name, sliders]) =>
          sliders.map((slider, index) => this.renderSlider(name, slider, index)),
        )}
      </div>
      <div>
        ${this.failure ? html`<p role="alert">${localizeSentence(this.failure)}</p>` : this.renderOutputs()}
      </div>
    </section>`;
  }

  private renderSlider(name: string, slider: Slider, index: number): TemplateResult {
    const { label, min, max, step } = slider;
    const value = this.values[name]?.[index] ?? slider.start;
    const id = `${name}-${index}`;
    const set = ({ target }: Event): void => {
      this.set(name, index, (target as HTMLInputElement).valueAsNumber);
    };
    return html`<div class="row">
      <label for=${id}>${label}</label>
      <input
        id=${id}
        type="range"
        min=${min}
        max=${max}
        step=${step}
        .value=${String(value)}
        @input=${set}
      />
      <input
        class="field"
        type="number"
        aria-label=${msg(str`${label}, exactly`)}
        min=${min}
        max=${max}
        step="any"
        .value=${formatPlain(value)}
        @change=${set}
      />
    </div>`;
  }

  private renderOutputs(): TemplateResult[] {
    return this.function.outputs.map((name) => {
      const values = [...(this.outputs[name]?.values ?? [])];
      return html`<p class="name" id="name-${name}">${name}</p>
        <output aria-labelledby="name-${name}"
          >${values.map(formatNumber).join(', ') || '…'}</output
        >`;
    });
  }

  private set(name: string, index: number, value: number): void {
    if (Number.isNaN(value)) return;
    this.values = { ...this.values, [name]: (this.values[name] ?? []).with(index, value) };
    this.live.ask(this.values);
  }
}

/** A number without the digits that steps of a tenth leave behind. */
function formatPlain(value: number): string {
  return String(Number(value.toPrecision(6)));
}
