/** Whether texts are what a search selects, told from the texts themselves. */
import type { SearchNode, SearchQuery, WordsNode } from './query.js';
import { type SearchedFields, searchedTexts, wordsOfTexts } from './texts.js';

/** Whether an entry is what a search selects. */
export async function matchesSearch({ root }: SearchQuery, fields: SearchedFields): Promise<boolean> {
  return matchesWords(root, await wordsOfTexts(searchedTexts(fields)));
}

/** @param texts the words of each text in their order */
export function matchesWords(node: SearchNode, texts: readonly (readonly string[])[]): boolean {
  if ('all' in node) return node.all.every((each) => matchesWords(each, texts));
  if ('any' in node) return node.any.some((each) => matchesWords(each, texts));
  if ('not' in node) return !matchesWords(node.not, texts);
  return texts.some((words) => words.some((_, at) => startsAt(words, at, node)));
}

function startsAt(words: readonly string[], at: number, { words: wanted, isPrefix }: WordsNode): boolean {
  return wanted.every((word, index) => {
    const found = words[at + index];
    return isPrefix && index === wanted.length - 1 ? found?.startsWith(word) === true : found === word;
  });
}
