/** Whether texts are what a search selects, told from the texts themselves. */
import { type Stretches, startStretches } from '../../yield-to-event-loop.js';
import type { SearchNode, SearchQuery, WordsNode } from './query.js';
import { type SearchedFields, searchedTexts, wordsOfTexts } from './texts.js';

/** Words of a text that are looked at before others may have their turn. */
const WORDS_AT_ONCE = 1_024;

type Yielding = Pick<Stretches, 'shouldYield' | 'yieldToEventLoop'>;

/** Whether an entry is what a search selects. */
export async function matchesSearch({ root }: SearchQuery, fields: SearchedFields): Promise<boolean> {
  const stretches = startStretches();
  return matchesWords(root, await wordsOfTexts(searchedTexts(fields), stretches), stretches);
}

/** @param texts the words of each text in their order */
export async function matchesWords(
  node: SearchNode,
  texts: readonly (readonly string[])[],
  stretches: Yielding = startStretches(),
): Promise<boolean> {
  if ('not' in node) return !(await matchesWords(node.not, texts, stretches));
  if ('words' in node) {
    for (const words of texts) if (await hasWords(words, node, stretches)) return true;
    return false;
  }
  const isAny = 'any' in node;
  for (const each of isAny ? node.any : node.all) {
    if ((await matchesWords(each, texts, stretches)) === isAny) return isAny;
  }
  return !isAny;
}

async function hasWords(words: readonly string[], node: WordsNode, stretches: Yielding): Promise<boolean> {
  const isBeginning = node.isPrefix && node.words.length === 1;
  const [first] = node.words;
  for (let from = 0; from < words.length; from += WORDS_AT_ONCE) {
    const end = Math.min(from + WORDS_AT_ONCE, words.length);
    for (let at = from; at < end; at += 1) {
      if ((isBeginning || words[at] === first) && startsAt(words, at, node)) return true;
    }
    if (stretches.shouldYield()) await stretches.yieldToEventLoop();
  }
  return false;
}

function startsAt(words: readonly string[], at: number, { words: wanted, isPrefix }: WordsNode): boolean {
  return wanted.every((word, index) => {
    const found = words[at + index];
    return isPrefix && index === wanted.length - 1 ? found?.startsWith(word) === true : found === word;
  });
}
