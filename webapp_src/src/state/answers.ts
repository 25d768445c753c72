import type { Remarks } from '../inference/scoring';
import type { PromptField } from './cards';

/** What was computed for one prompt, and for which text. */
interface PromptScore {
  readonly text: string;
  readonly probability: number;
  readonly remarks: Remarks;
}

/**
 * The model's answer to a card. `scores` are by the prompt's key; unless the state is `current`, they
 * are from before the last change.
 */
export interface Answer {
  readonly state: 'stale' | 'computing' | 'current';
  readonly scores: ReadonlyMap<number, PromptScore>;
}

export const NO_ANSWER: Answer = { state: 'stale', scores: new Map() };

export function currentAnswer(
  fields: readonly PromptField[],
  probabilities: readonly number[],
  remarksOn: (text: string) => Remarks,
): Answer {
  const scores = fields.map(({ key, text }, i) => {
    const score = { text, probability: probabilities[i] ?? 0, remarks: remarksOn(text) };
    return [key, score] as const;
  });
  return { state: 'current', scores: new Map(scores) };
}

/** The keys of prompts, the most probable first, those without a score last and as they were. */
export function rankPrompts(fields: readonly PromptField[], { scores }: Answer): number[] {
  const scoreOf = (key: number): number => scores.get(key)?.probability ?? -1;
  return fields.map(({ key }) => key).sort((a, b) => scoreOf(b) - scoreOf(a));
}

/** The key of the most probable prompt. */
export function bestPrompt({ scores }: Answer): number | undefined {
  let best: number | undefined;
  let highest = -Infinity;
  for (const [key, { probability }] of scores) {
    if (probability > highest) {
      best = key;
      highest = probability;
    }
  }
  return best;
}

/** Captions of other pictures seldom fit better than this percentile of them. */
const CHANCE = 95;

/** Whether every prompt fits so little as captions of other pictures do. */
export function fitsNone({ state, scores }: Answer): boolean {
  if (state !== 'current' || scores.size === 0) return false;
  return [...scores.values()].every(({ remarks: { percentile } }) => (percentile ?? 100) < CHANCE);
}
