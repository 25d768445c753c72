import { html, type TemplateResult } from 'lit';

/** A labelled box to tick; its styles are those of the element around. */
export function renderSwitch(
  label: string,
  on: boolean,
  change: (on: boolean) => void,
): TemplateResult {
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
