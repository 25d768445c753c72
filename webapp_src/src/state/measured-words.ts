import type { Remarks } from '../inference/scoring';
import { scoredFields, type Card } from './cards';
import { measureWords, type CaptionPart, type Similarity } from './word-effects';

/** What measuring needs from a model in use. */
export interface Measure extends Similarity {
  remarksOn(imageId: string, text: string): Remarks;
}

/** What measured words ask of the demo around them. */
export interface MeasuredWordsHost {
  /** The model in use, once it can score; another model is another object. */
  readonly session: Measure | undefined;
  find(key: number): Card | undefined;
  /** Called after every change. */
  onChange(): void;
  onFailure(error: Error): void;
}

/** The captions of which it was asked which words matter, as they were then. */
export class MeasuredWords {
  /** Captions in parts, by the prompt's key. */
  private readonly measured = new Map<number, readonly CaptionPart[]>();

  constructor(private readonly host: MeasuredWordsHost) {}

  /** The words of a card's captions with what they add, where that was asked of them as they are. */
  of({ prompts }: Card): ReadonlyMap<number, readonly CaptionPart[]> {
    const found = prompts.flatMap(({ key, text }) => {
      const parts = this.measured.get(key);
      return parts?.map((part) => part.text).join('') === text ? [[key, parts] as const] : [];
    });
    return new Map(found);
  }

  /** Measures which words of a card's captions matter, or forgets it if that is shown. */
  async toggle(key: number): Promise<void> {
    const card = this.host.find(key);
    const { session } = this.host;
    if (!card || !session) return;
    const isShown = this.of(card).size > 0;
    this.measured.clear();
    try {
      for (const field of isShown ? [] : scoredFields(card)) {
        const { unreadFrom } = session.remarksOn(card.imageId, field.text);
        const parts = await measureWords(session, card.imageId, field.text, unreadFrom);
        if (session !== this.host.session) return;
        if (parts) this.measured.set(field.key, parts);
        this.host.onChange();
      }
    } catch (error) {
      if (session !== this.host.session) return;
      this.host.onFailure(error as Error);
    }
    this.host.onChange();
  }

  /** Forgets what the last model made of them. */
  forget(): void {
    this.measured.clear();
  }
}
