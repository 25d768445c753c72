import { localized, msg, str } from '@lit/localize';
import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { Generator, Model } from '../generated/manifest';
import type { EncoderReport } from '../inference/encoder-report';
import type { EncoderStatus } from '../inference/encoder-status';
import type { DeviceReport } from '../state/device-report';
import { fire } from './events';
import { formatMegabytes, formatMilliseconds } from './format';
import { buttons, shared } from './shared-styles';

/**
 * How the model runs on this device, in plain words, with the figures folded below.
 *
 * @fires report-requested - It should be measured anew.
 */
@localized()
@customElement('lit-demo-device')
export class LitDemoDevice extends LitElement {
  static override styles = [
    shared,
    buttons,
    css`
      :host {
        display: block;
        color: var(--muted);
        font-size: 0.9375rem;
      }

      p {
        max-width: 42rem;
        margin: 0 0 0.75rem;
        text-align: match-parent;
      }

      summary {
        width: fit-content;
        min-height: var(--target);
        align-content: center;
        cursor: pointer;
      }

      dl {
        display: grid;
        grid-template-columns: fit-content(55%) minmax(0, 1fr);
        gap: 0.25rem 1rem;
        margin: 0 0 0.75rem;
      }

      dd {
        margin: 0;
        color: var(--text);
        font-variant-numeric: tabular-nums;
        overflow-wrap: anywhere;
      }
    `,
  ];

  @property({ attribute: false }) model!: Model;
  @property({ attribute: false }) generator!: Generator;
  @property({ attribute: false }) encoder: EncoderStatus = { status: 'idle' };
  /** Changes without another object. */
  @property({ attribute: false, hasChanged: () => true }) report!: DeviceReport;

  override connectedCallback(): void {
    super.connectedCallback();
    this.measure();
  }

  protected override updated(changed: PropertyValues<this>): void {
    const before = changed.get('encoder');
    if (before && before.status !== 'ready' && this.encoder.status === 'ready') this.measure();
  }

  protected override render(): TemplateResult {
    const { encoder, downloaded } = this.report;
    return html`
      <p role="status">${encoder ? describeCheck(encoder) : this.describeAbsence()}</p>
      ${
        downloaded === undefined
          ? nothing
          : html`<p>
              ${msg(str`This visit has downloaded ${formatMegabytes(downloaded)}; what your browser had kept is not counted.`)}
            </p>`
      }
      <details>
        <summary>${msg('Figures')}</summary>
        <dl>
          ${this.listFigures().map(
            ([name, value]) =>
              html`<dt>${name}</dt>
                <dd>${value}</dd>`,
          )}
        </dl>
      </details>
      <button type="button" @click=${this.measure}>${msg('Measure again')}</button>
    `;
  }

  private describeAbsence(): string {
    return this.encoder.status === 'absent'
      ? msg('This model answers its example captions only.')
      : msg('The model has not been loaded yet: it will be when you write a caption.');
  }

  private listFigures(): [string, string][] {
    const { encoder, pageMemory } = this.report;
    const { model, generator } = this;
    const graph = model.encoder?.model.sha256.slice(0, 10);
    const figures: [string, string | undefined][] = [
      [msg('Computed with'), encoder && `TensorFlow.js ${encoder.version}, ${encoder.backend}`],
      [msg('Captions checked'), encoder && String(encoder.goldens)],
      [msg('Largest deviation (1 − cosine)'), encoder?.deviation.toExponential(1)],
      [msg('One caption'), encoder && formatMilliseconds(encoder.milliseconds)],
      [msg('Last answers'), encoder?.latencies.map(formatMilliseconds).join(', ')],
      [msg('Memory of the model'), encoder && formatMegabytes(encoder.memory)],
      [
        msg('Memory of the page'),
        pageMemory === undefined ? undefined : formatMegabytes(pageMemory),
      ],
      [msg('Built with'), `${generator.name} ${generator.version}`],
      [msg('Model'), graph ? `${model.id} (${graph})` : model.id],
    ];
    return figures.flatMap(([name, value]) => (value ? [[name, value]] : []));
  }

  private measure(): void {
    fire(this, 'report-requested', null);
  }
}

function describeCheck({ latencies, milliseconds, goldens }: EncoderReport): string {
  const checked =
    goldens === 0
      ? ''
      : msg(
          'Before it was trusted, the model had to give the same answers here as where this page was made, and it did.',
        );
  const last = latencies.at(-1);
  const time =
    last === undefined
      ? msg(str`It reads a caption in about ${formatMilliseconds(milliseconds)}.`)
      : msg(str`The last caption took ${formatMilliseconds(last)}.`);
  return `${checked} ${time}`.trim();
}
