import type { LocaleModule } from '@lit/localize';
import { generateMsgId } from '@lit/localize/internal/id-generation.js';

/** Texts as they are in the code, with what stands for them; values go where `{0}` and `{1}` are. */
export type Catalogue = Readonly<Record<string, string>>;

/** A catalogue as @lit/localize reads it. */
export function toLocale(catalogue: Catalogue): LocaleModule {
  const entries = Object.entries(catalogue).map(([source, target]) => {
    const id = generateMsgId(source.split(/\{\d\}/), false);
    const parts = target.split(/\{(\d)\}/);
    const strings = parts.filter((_, i) => i % 2 === 0);
    const values = parts.filter((_, i) => i % 2 === 1).map(Number);
    return [id, { strTag: true, strings: toTemplateStrings(strings), values }] as const;
  });
  return { templates: Object.fromEntries(entries) };
}

/** A sentence that was made in English, with its values in it, in the language of the catalogue. */
export function translateSentence(sentence: string, catalogue: Catalogue): string {
  const whole = catalogue[sentence];
  if (whole !== undefined) return whole;
  for (const [source, target] of Object.entries(catalogue)) {
    // What is no sentence, such as “{0} of {1}”, is in many.
    if (!source.endsWith('.')) continue;
    const values = matchSentence(sentence, source);
    if (values) return target.replaceAll(/\{(\d)\}/g, (_, i: string) => values[Number(i)] ?? '');
  }
  return sentence;
}

function matchSentence(sentence: string, source: string): string[] | undefined {
  const parts = source
    .split(/\{\d\}/)
    .map((part) => part.replaceAll(/[\^$.*+?()[\]{}|\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('(.+)')}$`, 's').exec(sentence)?.slice(1);
}

function toTemplateStrings(strings: string[]): TemplateStringsArray {
  return Object.assign(strings, { raw: [...strings] });
}
