import { msg } from '@lit/localize';
import { html, nothing, type TemplateResult } from 'lit';
import type { Image, PromptSet } from '../generated/manifest';
import type { EncoderStatus } from '../inference/encoder-status';
import { showsPrompts, type Card } from '../state/cards';
import type { CaptionPart } from '../state/word-effects';
import type { DrawnCaption } from './answer-image';
import { fire, type DemoEvent } from './events';
import { CLOSE, COLUMNS, PICTURES, RESET, WORDS } from './icons';
import './lit-demo-sets';
import './lit-demo-snapshot';

/** The element of a card, from which the events come. */
export interface ToolsHost extends EventTarget {
  readonly card: Card;
  readonly image: Image;
  readonly words: ReadonlyMap<number, readonly CaptionPart[]>;
  readonly sets: readonly PromptSet[];
  readonly textLanguage: string;
  readonly encoder: EncoderStatus;
  readonly removable: boolean;
}

/** What else can be done with a card, whose captions an image shows as given. */
export function renderTools(host: ToolsHost, captions: readonly DrawnCaption[]): TemplateResult {
  return html`
    ${host.sets.length ? renderSets(host) : nothing}
    ${renderTool(host, msg('Reset'), msg('Reset captions'), RESET, 'card-reset')}
    ${host.encoder.status === 'absent' ? nothing : renderWords(host)}
    <button
      type="button"
      class="quiet"
      @click=${() => {
        fire(host, 'like-requested', { imageId: host.image.id });
      }}
    >
      ${PICTURES}${msg('More like this')}
    </button>
    <lit-demo-snapshot .image=${host.image} .captions=${captions}></lit-demo-snapshot>
    ${renderTool(host, msg('Side by side'), msg('Side by side with another picture'), COLUMNS, 'card-duplicated')}
    ${host.removable ? renderTool(host, msg('Close'), msg('Close this picture'), CLOSE, 'card-removed') : nothing}
  `;
}

function renderWords(host: ToolsHost): TemplateResult {
  const text = host.words.size ? msg('Hide words') : msg('Which words matter?');
  return renderTool(host, text, msg('What each word adds'), WORDS, 'words-toggled');
}

function renderSets(host: ToolsHost): TemplateResult {
  const { card, sets } = host;
  return html`<lit-demo-sets
    .names=${sets.map(({ name }) => name)}
    .chosen=${sets.find((set) => showsPrompts(card, set))?.name}
    .own=${showsPrompts(card, host.image)}
    .textLanguage=${host.textLanguage}
    @own-chosen=${() => {
      fire(host, 'card-reset', { cardKey: card.key });
    }}
    @name-chosen=${({ detail }: DemoEvent<'name-chosen'>) => {
      fire(host, 'set-chosen', { cardKey: card.key, name: detail.name });
    }}
  ></lit-demo-sets>`;
}

function renderTool(
  host: ToolsHost,
  text: string,
  title: string,
  icon: unknown,
  event: 'card-reset' | 'card-duplicated' | 'card-removed' | 'words-toggled',
): TemplateResult {
  return html`<button
    type="button"
    class="quiet"
    title=${title}
    @click=${() => {
      fire(host, event, { cardKey: host.card.key });
    }}
  >
    ${icon}${text}
  </button>`;
}
