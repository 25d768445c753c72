import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { buttons, fields, shared } from '../../components/shared-styles';
import { renderMadeWith } from '../../components/made-with';
import { column, surface } from '../../components/page-styles';
import type { Backend } from '../../generated/manifest';
import { BACKEND_NAMES } from '../../inference/backends';
import { findGpuBackends } from '../../inference/gpu-backends';
import { loadAnyManifest } from '../../state/manifest-loader';
import type { AnyManifest } from '../../state/manifest-reader';
import { measure, type Load, type Measurement, type Subject } from './measure';
import { describeDevice, formatCells, HEADINGS, toMarkdown } from './rows';
import { loadEncoder, loadFunction } from './subjects';

/** A model or backend to tick. */
interface Choice {
  readonly id: string;
  readonly name: string;
}

const BACKENDS: readonly Choice[] = BACKEND_NAMES.map((id) => ({ id, name: id }));

/** As in the table of the blog post "JAX on the Web with TensorFlow.js". */
const BATCH = 5;
const RUNS = 30;

/**
 * Measures the site's text encoders, or functions, in the backends that the visitor ticks.
 *
 * `data-status` on the host is loading, ready, measuring or failed.
 *
 * @attr manifest - Address of the manifest, relative to the page.
 * @slot header - The page's title and what it is for.
 */
@customElement('lit-demo-benchmark')
export class LitDemoBenchmark extends LitElement {
  static override styles = [
    shared,
    buttons,
    column,
    surface,
    fields,
    css`
      form {
        display: grid;
        gap: 1rem;
      }

      fieldset {
        display: flex;
        flex-wrap: wrap;
        gap: 0.25rem 1.25rem;
        margin: 0;
        padding: 0;
        border: 0;
      }

      legend {
        padding: 0;
        font-weight: 550;
      }

      label {
        display: inline-flex;
        gap: 0.5rem;
        align-items: center;
        min-height: var(--target);
      }

      input[type='checkbox'] {
        width: 1.25rem;
        height: 1.25rem;
        accent-color: var(--accent);
      }

      input[type='number'] {
        width: 5rem;
      }

      .actions {
        display: flex;
        flex-wrap: wrap;
        gap: 0.5rem 1rem;
        align-items: center;
      }

      .scroll {
        overflow-x: auto;
      }

      table {
        border-collapse: collapse;
        font-variant-numeric: tabular-nums;
        white-space: nowrap;
      }

      th,
      td {
        padding: 0.4rem 0;
        padding-inline-end: 1rem;
        border-bottom: 1px solid var(--line);
        text-align: start;
      }

      .errors {
        color: var(--error);
      }

      textarea {
        width: 100%;
        min-height: 6rem;
        font:
          0.875rem/1.4 ui-monospace,
          monospace;
      }
    `,
  ];

  @property() manifest = 'manifest.json';

  @state() private choices: readonly Choice[] = [];
  @state() private suggested: readonly string[] = ['wasm'];
  @state() private measurements: readonly Measurement[] = [];
  @state() private failures: readonly string[] = [];
  @state() private status = 'Loading…';
  @state() private busy = false;

  @query('form') private readonly form!: HTMLFormElement;
  @query('textarea') private readonly text!: HTMLTextAreaElement | null;

  private site: AnyManifest | undefined;
  private subject: Subject | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    void this.open();
  }

  /**
   * Measures one model in one backend and shows the result.
   *
   * @throws Error with a sentence if that fails.
   */
  async run(id: string, backend: Backend, load: Load): Promise<Measurement> {
    const measured = await measure(await this.loadSubject(id), backend, load);
    this.measurements = [...this.measurements, measured];
    return measured;
  }

  protected override render(): TemplateResult {
    return html`
      <slot name="header"></slot>
      <main>
        <form class="surface" @submit=${this.start}>
          ${this.renderChoices('model', 'Models', this.choices, ({ id }) => id === this.choices[0]?.id)}
          ${this.renderChoices('backend', 'Backends', BACKENDS, ({ id }) =>
            this.suggested.includes(id),
          )}
          <label>
            Prompts at once
            <input
              class="field"
              name="batch"
              type="number"
              min="1"
              max="64"
              required
              value=${BATCH}
            />
          </label>
          <div class="actions">
            ${
              this.site || this.busy
                ? html`<button class="primary" ?disabled=${this.choices.length === 0}>
                    Measure
                  </button>`
                : html`<button type="button" class="primary" @click=${() => void this.open(true)}>
                    Try again
                  </button>`
            }
            <p role="status">${this.status}</p>
          </div>
        </form>
        ${this.renderResults()}
        ${this.failures.map((failure) => html`<p class="errors">${failure}</p>`)}
      </main>
      <footer>${renderMadeWith(this.site?.generator)}</footer>
    `;
  }

  protected override updated(): void {
    const { site, busy } = this;
    this.dataset['status'] = site ? (busy ? 'measuring' : 'ready') : busy ? 'loading' : 'failed';
  }

  private renderChoices(
    key: string,
    legend: string,
    choices: readonly Choice[],
    chosen: (choice: Choice) => boolean,
  ): TemplateResult {
    return html`
      <fieldset>
        <legend>${legend}</legend>
        ${choices.map(
          (choice) => html`
            <label>
              <input
                type="checkbox"
                name=${key}
                value=${choice.id}
                .defaultChecked=${chosen(choice)}
              />
              ${choice.name}
            </label>
          `,
        )}
      </fieldset>
    `;
  }

  private renderResults(): TemplateResult | typeof nothing {
    const { measurements } = this;
    if (measurements.length === 0) return nothing;
    return html`
      <section class="surface">
        <h2>Measured on this device</h2>
        <div class="scroll" tabindex="0" role="region" aria-label="Measurements">
          <table>
            <thead>
              <tr>
                ${HEADINGS.map((heading) => html`<th scope="col">${heading}</th>`)}
              </tr>
            </thead>
            <tbody>
              ${measurements.map(
                (measured) => html`
                  <tr>
                    ${formatCells(measured).map((cell) => html`<td>${cell}</td>`)}
                  </tr>
                `,
              )}
            </tbody>
          </table>
        </div>
        <p>
          <label for="rows">To copy, as Markdown</label>
          <textarea
            id="rows"
            class="field"
            readonly
            .value=${toMarkdown(measurements, describeDevice(navigator))}
          ></textarea>
          <button type="button" @click=${this.copy}>Copy</button>
        </p>
      </section>
    `;
  }

  private async open(fresh = false): Promise<void> {
    this.busy = true;
    this.status = 'Loading…';
    try {
      const site = await loadAnyManifest(this.manifest, { fresh });
      this.suggested = ['wasm', ...(await findGpuBackends())];
      this.choices =
        'models' in site
          ? site.models.filter(({ encoder }) => encoder)
          : site.functions.map(({ id }) => ({ id, name: id }));
      this.site = site;
      this.status = this.choices.length > 0 ? '' : 'No model of this site computes in the browser.';
    } catch (error) {
      this.status = (error as Error).message;
    }
    this.busy = false;
  }

  /** The subject of the last call is kept, because its backends are measured one after another. */
  private async loadSubject(id: string): Promise<Subject> {
    if (this.subject?.id === id) return this.subject;
    const { site } = this;
    const named = <T extends { readonly id: string }>(entries: readonly T[]): T => {
      const entry = entries.find((candidate) => candidate.id === id);
      if (!entry) throw new Error(`This site has no model “${id}”.`);
      return entry;
    };
    if (!site) throw new Error('The site has not been loaded.');
    this.subject =
      'models' in site
        ? await loadEncoder(site, named(site.models))
        : await loadFunction(site, named(site.functions));
    return this.subject;
  }

  private readonly start = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    // The button stays enabled, to keep the focus.
    if (this.busy) return;
    const fields = new FormData(this.form);
    const load = { batch: Number(fields.get('batch')), runs: RUNS };
    const pairs = (fields.getAll('model') as string[]).flatMap((id) =>
      (fields.getAll('backend') as Backend[]).map((backend) => [id, backend] as const),
    );
    this.busy = true;
    this.failures = [];
    for (const [index, [id, backend]] of pairs.entries()) {
      this.status = `Measuring ${id} on ${backend}, ${index + 1} of ${pairs.length}…`;
      try {
        await this.run(id, backend, load);
      } catch (error) {
        this.failures = [...this.failures, `${id} on ${backend}: ${(error as Error).message}`];
      }
    }
    this.status = pairs.length > 0 ? 'Done.' : 'Choose a model and a backend.';
    this.busy = false;
  };

  private readonly copy = async (): Promise<void> => {
    this.text?.select();
    try {
      await navigator.clipboard.writeText(this.text?.value ?? '');
      this.status = 'Copied.';
    } catch {
      // Without the permission, what is selected can still be copied by hand.
      this.status = 'Press Ctrl+C or ⌘C to copy.';
    }
  };
}
