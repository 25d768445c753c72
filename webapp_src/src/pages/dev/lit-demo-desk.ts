import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { formatPercent } from '../../components/format';
import { column, surface } from '../../components/page-styles';
import { shared } from '../../components/shared-styles';
import { loadDesk, loadPredictions, type Desk, type Picture, type Predictions } from './desk';
import './lit-demo-crop';
import { listen } from './news';
import { showProblems } from './problems';

/**
 * The author's page: every picture whole with its crop, what the models predict, and all notes. It is in
 * English, like the command line.
 */
@customElement('lit-demo-desk')
export class LitDemoDesk extends LitElement {
  static override styles = [
    shared,
    column,
    surface,
    css`
      h1 {
        margin: 0 0 0.5rem;
        font: 600 clamp(1.5rem, 1.2rem + 1.5vw, 2.25rem) / 1.1 var(--serif);
      }

      header p,
      h2 + p {
        margin: 0 0 0.5rem;
        color: var(--muted);
      }

      [role='status'] {
        min-height: 1.5em;
      }

      ul {
        margin: 0;
        padding-inline-start: 1.25rem;
      }

      code {
        font-size: 0.9em;
      }

      article {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 1.25rem;
      }

      @media (min-width: 48rem) {
        article {
          grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
        }
      }

      table {
        width: 100%;
        border-collapse: collapse;
        font-variant-numeric: tabular-nums;
      }

      th,
      td {
        padding: 0.4rem 0;
        padding-inline-end: 0.75rem;
        border-bottom: 1px solid var(--line);
        font-weight: normal;
        text-align: start;
        vertical-align: baseline;
      }

      thead th {
        color: var(--muted);
        font-size: 0.875rem;
      }

      td,
      thead th:not(:first-child) {
        padding-inline-end: 0;
        padding-inline-start: 0.75rem;
        text-align: end;
        white-space: nowrap;
      }

      .best {
        color: var(--accent);
        font-weight: 700;
      }
    `,
  ];

  @state() private desk: Desk | undefined;
  @state() private predictions: Predictions | undefined;
  @state() private failure = '';
  @state() private busy = true;

  private build: string | undefined;
  private loading = new AbortController();

  override connectedCallback(): void {
    super.connectedCallback();
    listen('news', ({ build, busy, problems }) => {
      this.busy = busy;
      showProblems(problems);
      if (build && build !== this.build) void this.load(build);
    });
  }

  protected override render(): TemplateResult {
    const { desk, predictions } = this;
    return html`
      <header>
        <h1>Crops, predictions and notes</h1>
        ${
          desk && predictions
            ? html`<p>
                For the author of <a href="/">${predictions.title}</a>. A crop that is moved, with
                the mouse, a finger or arrow keys, is written into <code>${desk.spec}</code>.
              </p>`
            : nothing
        }
        <p role="status">${this.failure || (this.busy ? 'The demo is being built…' : nothing)}</p>
      </header>
      ${desk && predictions ? this.renderDesk(desk, predictions) : nothing}
    `;
  }

  private renderDesk(desk: Desk, predictions: Predictions): TemplateResult {
    return html`
      <main>
        <section class="surface" aria-labelledby="notes">
          <h2 id="notes">Notes</h2>
          ${
            desk.notes.length > 0
              ? html`<ul>
                  ${desk.notes.map((note) => html`<li>${note}</li>`)}
                </ul>`
              : html`<p>There are none.</p>`
          }
        </section>
        ${repeat(
          desk.pictures,
          ({ id }) => id,
          (picture) => this.renderPicture(picture, predictions),
        )}
      </main>
    `;
  }

  private renderPicture(picture: Picture, predictions: Predictions): TemplateResult {
    const { id, description } = picture;
    return html`
      <article class="surface" aria-labelledby=${`picture-${id}`}>
        <lit-demo-crop .picture=${picture}></lit-demo-crop>
        <div>
          <h2 id=${`picture-${id}`}>${id}</h2>
          <p>${description}</p>
          ${this.renderPredictions(id, predictions)}
        </div>
      </article>
    `;
  }

  private renderPredictions(id: string, { models, byPicture }: Predictions): TemplateResult {
    const rows = byPicture.get(id) ?? [];
    const best = models.map((_, i) => Math.max(...rows.map((row) => row.probabilities[i] ?? 0)));
    return html`
      <table>
        <thead>
          <tr>
            <th scope="col">Prompt</th>
            ${models.map((name) => html`<th scope="col">${name}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${rows.map(
            ({ text, probabilities }) => html`
              <tr>
                <th scope="row" dir="auto">${text}</th>
                ${probabilities.map(
                  (probability, i) =>
                    html`<td class=${probability === best[i] ? 'best' : ''}>
                      ${formatPercent(probability)}
                    </td>`,
                )}
              </tr>
            `,
          )}
        </tbody>
      </table>
    `;
  }

  private async load(build: string): Promise<void> {
    this.build = build;
    this.loading.abort();
    this.loading = new AbortController();
    const { signal } = this.loading;
    try {
      const [desk, predictions] = await Promise.all([loadDesk(), loadPredictions(signal)]);
      if (signal.aborted) return;
      this.failure = '';
      this.desk = desk;
      this.predictions = predictions;
    } catch (error) {
      if (!signal.aborted) this.failure = (error as Error).message;
    }
  }
}
