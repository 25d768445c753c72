import { msg, str } from '@lit/localize';
import type { Model } from '../generated/manifest';
import type { EncoderStatus } from '../inference/encoder-status';
import type { Remarks } from '../inference/scoring';
import { isForeign, listLanguages } from '../localization/scripts';
import { bestPrompt, fitsNone, type Answer } from '../state/answers';
import { scoredFields, type Card } from '../state/cards';
import { formatCosine, formatPercent } from './format';

/** A card with its answer, and what there is to know of the model that gave it. */
export interface AnsweredCard {
  readonly card: Card;
  readonly answer: Answer;
  readonly scoring: Model['scoring']['kind'];
  readonly encoder: EncoderStatus;
  readonly languages: readonly string[];
  /** Whether each caption says how similar it is, and how that compares with other pictures. */
  readonly detailed: boolean;
}

/** Whether there is one caption only, of which a share among captions says nothing. */
export function isLone({ scoring, card }: AnsweredCard): boolean {
  return scoring === 'softmax' && scoredFields(card).length === 1;
}

/** Whether no caption fits, where each is only compared with the others. */
export function isNone(shown: AnsweredCard): boolean {
  return shown.scoring === 'softmax' && !isLone(shown) && fitsNone(shown.answer);
}

/** The key of the caption that is marked as the best, if one is. */
export function markedBest(shown: AnsweredCard): number | undefined {
  return isLone(shown) || isNone(shown) ? undefined : bestPrompt(shown.answer);
}

/** What the bars mean, or what they are waiting for. */
export function describeMeaning(shown: AnsweredCard): string {
  const { answer, card, encoder, scoring } = shown;
  if (answer.state === 'computing' && encoder.status === 'preparing') return msg('Almost ready…');
  if (encoder.status === 'absent') return msg('This model answers these examples only.');
  if (scoredFields(card).length === 0) return msg('Describe the picture, rightly or wrongly.');
  if (isLone(shown)) return msg('One caption alone has nothing to compare with: add another.');
  if (isNone(shown)) {
    return msg('Shares among these, though all fit no better than captions of other pictures.');
  }
  return scoring === 'softmax'
    ? msg('Shares among these captions, not certainty. Can you fool it?')
    : msg('How well each caption fits on its own, as the model sees it. Can you fool it?');
}

/** The answer in a sentence, to be read out. */
export function describeAnswer(shown: AnsweredCard): string {
  const { answer, card } = shown;
  if (isLone(shown)) return '';
  if (isNone(shown)) return msg('None of these fits well');
  const best = card.prompts.find(({ key }) => key === bestPrompt(answer));
  const score = best && answer.scores.get(best.key);
  return score ? msg(str`Best match: “${score.text}”, ${formatPercent(score.probability)}`) : '';
}

/** What the visitor should know of the answer to a caption; empty if nothing. */
export function describeScore(shown: AnsweredCard, text: string, remarks: Remarks): string {
  const { cutShort, unreadFrom } = remarks;
  const compared = shown.detailed || isLone(shown) ? describePercentile(remarks) : '';
  const similarity = shown.detailed ? describeSimilarity(remarks) : '';
  const vague = cutShort
    ? msg('This demo does not know some of these words, so the full model may answer otherwise.')
    : '';
  const unread =
    unreadFrom === undefined
      ? ''
      : msg(str`Too long: the model did not read “${text.slice(unreadFrom).trim()}”.`);
  const foreign = isForeign(text, shown.languages)
    ? msg(str`This model was trained on ${listLanguages(shown.languages)}.`)
    : '';
  return [foreign, unread, vague, similarity, compared].filter((sentence) => sentence).join(' ');
}

function describePercentile({ percentile }: Remarks): string {
  if (percentile === undefined) return '';
  return percentile < 100
    ? msg(str`Fits better than ${formatPercent(percentile / 100)} of captions of other pictures.`)
    : msg('Fits better than all captions of other pictures.');
}

function describeSimilarity({ similarity }: Remarks): string {
  return similarity === undefined ? '' : msg(str`Similarity ${formatCosine(similarity)}.`);
}
