/**
 * The events that elements fire, with their details; all bubble and cross shadow roots. Elements of a
 * single page declare theirs beside themselves.
 */
export interface DemoEvents {
  'image-chosen': { imageId: string };
  'picture-failed': { url: string };
  'report-requested': null;
  'model-chosen': { modelId: string };
  'prompt-edited': { text: string };
  'prompt-left': null;
  'prompt-removed': null;
  'prompt-moved': { by: 1 | -1 };
  'prompt-grabbed': { pointerId: number };
  'prompt-focused': null;
  'prompt-submitted': null;
  'prompts-pasted': { texts: readonly string[] };
  'card-extended': { cardKey: number; texts: readonly string[] };
  'card-edited': { cardKey: number; promptKey: number; text: string };
  'card-shortened': { cardKey: number; promptKey: number };
  'card-reordered': { cardKey: number; promptKey: number; place: number };
  'card-reset': { cardKey: number };
  'classes-edited': { list: string };
  'own-chosen': null;
  'name-chosen': { name: string };
  'card-classes-edited': { cardKey: number; list: string };
  'words-toggled': { cardKey: number };
  'set-chosen': { cardKey: number; name: string };
  'card-submitted': { cardKey: number };
  'card-duplicated': { cardKey: number };
  'card-removed': { cardKey: number };
  'like-requested': { imageId: string };
  'find-edited': { text: string };
  'find-submitted': null;
  'find-cleared': null;
  'picture-offered': { file: Blob };
  'picture-agreed': null;
  'card-used': { cardKey: number };
  'message-dismissed': { messageKey: number };
  'retry-requested': null;
  'undo-requested': null;
  'reload-requested': null;
}

export type DemoEvent<Name extends keyof DemoEvents> = CustomEvent<DemoEvents[Name]>;

export function fire<Name extends keyof DemoEvents>(
  target: EventTarget,
  name: Name,
  detail: DemoEvents[Name],
): void {
  target.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
}
