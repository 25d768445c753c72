import { speakLanguage } from '../localization/language';

let asked: Promise<boolean> | undefined;

/**
 * Has the elements of a page speak a language, or English where its words cannot be loaded. They share
 * their words, so that the first of them decides.
 *
 * @param tag Such as `de-CH`.
 */
export async function shareLanguage(tag: string): Promise<void> {
  asked ??= speakLanguage(tag);
  await asked;
}
