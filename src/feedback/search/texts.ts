/** What of an entry is searched. */
import { crc32 } from 'node:zlib';
import { contentText } from '../../model/conversation.js';
import type { Feedback } from '../../model/feedback.js';
import { type Stretches, startStretches } from '../../yield-to-event-loop.js';
import { wordPieces } from './words.js';

/** The fields of an entry that are searched. */
export type SearchedFields = Pick<
  Feedback,
  'question' | 'answer' | 'correction' | 'comment' | 'messages' | 'candidates'
>;

/** The texts of an entry that are searched; no phrase goes beyond one of them. */
export function searchedTexts({
  question,
  answer,
  correction = '',
  comment = '',
  messages = [],
  candidates = [],
}: SearchedFields): string[] {
  const answers = candidates.map((candidate) => candidate.answer);
  const texts = [question, answer, correction, comment, ...messages.map(contentText), ...answers];
  // The question and the answer of a conversation are messages as well, and a preferred answer is a candidate.
  return [...new Set(texts)].filter((text) => text !== '');
}

/** 32 bits by which it is known whether texts are those that were indexed. */
export function digestOfTexts(texts: readonly string[]): number {
  return crc32(texts.join('\0'));
}

/** Whether the texts of an entry are those of a digest. */
export function hasDigest(fields: SearchedFields, digest: number): boolean {
  return digestOfTexts(searchedTexts(fields)) === digest;
}

type Yielding = Pick<Stretches, 'shouldYield' | 'yieldToEventLoop'>;

/** The words of each text in their order, letting others have their turn in between. */
export async function wordsOfTexts(
  texts: readonly string[],
  stretches: Yielding = startStretches(),
): Promise<string[][]> {
  const all: string[][] = [];
  for (const text of texts) {
    const words: string[] = [];
    for (const piece of wordPieces(text)) {
      for (const word of piece) words.push(word);
      if (stretches.shouldYield()) await stretches.yieldToEventLoop();
    }
    all.push(words);
  }
  return all;
}

/** The different words of texts. */
export async function distinctWords(texts: readonly string[], stretches?: Yielding): Promise<Set<string>> {
  const distinct = new Set<string>();
  for (const words of await wordsOfTexts(texts, stretches)) for (const word of words) distinct.add(word);
  return distinct;
}
