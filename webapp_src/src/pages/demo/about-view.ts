import { msg } from '@lit/localize';
import { html, nothing, type TemplateResult } from 'lit';
import '../../components/lit-demo-about';
import '../../components/lit-demo-language';
import '../../components/lit-demo-model-picker';
import type { Demo } from '../../state/demo';

/** How the visitor wants to see captions. */
export interface View {
  /** In the order of their scores. */
  readonly ranked: boolean;
  /** With how they compare with those of other pictures. */
  readonly detailed: boolean;
}

/** What is said of a demo at its foot, and what can be set there. */
export function renderAbout(demo: Demo, view: View, change: (view: View) => void): TemplateResult {
  const { manifest, model } = demo;
  return html`
    <div>
      <lit-demo-model-picker
        .models=${manifest.models}
        .model=${model}
        .encoder=${demo.encoder}
      ></lit-demo-model-picker>
      ${renderSwitch(msg('Best caption first'), view.ranked, (ranked) => {
        change({ ...view, ranked });
      })}
      ${renderSwitch(msg('Compare with captions of other pictures'), view.detailed, (detailed) => {
        change({ ...view, detailed });
      })}
      ${manifest.visitorLanguage ? html`<lit-demo-language></lit-demo-language>` : nothing}
    </div>
    <div>
      <lit-demo-about
        .model=${model}
        .links=${manifest.links}
        .generator=${manifest.generator}
        .textLanguage=${manifest.language}
      ></lit-demo-about>
      ${renderDevice(demo)}
    </div>
  `;
}

/** How the model runs here; what says so is loaded when it is asked. */
function renderDevice(demo: Demo): TemplateResult {
  return html`<details @toggle=${(event: Event) => void openDevice(event, demo)}>
    <summary>${msg('How it runs on this device')}</summary>
    <lit-demo-device
      .model=${demo.model}
      .generator=${demo.manifest.generator}
      .encoder=${demo.encoder}
      .report=${demo.report}
    ></lit-demo-device>
  </details>`;
}

async function openDevice({ target }: Event, demo: Demo): Promise<void> {
  if (!(target as HTMLDetailsElement).open) return;
  try {
    await import('../../components/lit-demo-device');
  } catch {
    demo.messages.tellFailure(
      new Error('A part of this page could not be loaded. Reload the page.'),
    );
  }
}

function renderSwitch(label: string, on: boolean, change: (on: boolean) => void): TemplateResult {
  return html`<label>
    <input
      type="checkbox"
      .checked=${on}
      @change=${({ target }: Event) => {
        change((target as HTMLInputElement).checked);
      }}
    />
    ${label}
  </label>`;
}
