/** What a search says: words, `word*`, phrases in quotation marks, AND, OR, NOT and brackets. */
import { InvalidInputError } from '../../errors.js';
import { wordsOf } from './words.js';

/** Characters of a search, words in it, and how deeply brackets and negations may be nested. */
export const MAX_SEARCH_CHARACTERS = 500;
export const MAX_SEARCH_WORDS = 32;
export const MAX_SEARCH_DEPTH = 10;

/** What a search may say, for those who write one. */
export const SEARCH_DESCRIPTION =
  'Only entries with these words in the question, the answer, the correction, the comment or the messages. Words are joined by ' +
  '`AND`, which may be left out, and by `OR`; `NOT` or `-` excludes; `shard*` is the beginning of a word, `"shard by"` a ' +
  'phrase, and brackets group. Case and diacritics make no difference. An entry is found within about a second after it is ' +
  `stored. Up to ${MAX_SEARCH_CHARACTERS} characters and ${MAX_SEARCH_WORDS} words.`;

export type SearchNode =
  | { readonly all: readonly SearchNode[] }
  | { readonly any: readonly SearchNode[] }
  | { readonly not: SearchNode }
  | WordsNode;

/** A word, or several that follow one another in one text. */
export interface WordsNode {
  readonly words: readonly [string, ...string[]];
  /** Whether the last word is only the beginning of one. */
  readonly isPrefix: boolean;
}

/** What the search in a filter selects. */
export interface SearchQuery {
  readonly root: SearchNode;
  /** Whether words alone do not tell: phrases are looked for in the texts. */
  readonly hasPhrases: boolean;
}

type Token =
  | { readonly kind: '(' | ')' | 'AND' | 'OR' | 'NOT'; readonly text: string }
  | { readonly kind: 'words'; readonly text: string; readonly node: WordsNode | undefined };

const QUOTATION_MARKS = '"“”„';
const ENDS_OF_WORDS = `()${QUOTATION_MARKS}`;
const WHITE_SPACE = /\s/u;

/** @throws {InvalidInputError} naming the field `search` and what is allowed in it */
export function parseSearch(text: string): SearchQuery {
  if (Array.from(text).length > MAX_SEARCH_CHARACTERS) refuse(`must have at most ${MAX_SEARCH_CHARACTERS} characters`);
  const tokens = tokensOf(text);
  const words = tokens.flatMap((token) => (token.kind === 'words' ? (token.node?.words ?? []) : []));
  if (words.length === 0) refuse('must contain at least one word: letters or digits');
  if (words.length > MAX_SEARCH_WORDS) refuse(`must have at most ${MAX_SEARCH_WORDS} words`);
  const root = new Parser(tokens).parse();
  // What has brackets around nothing but signs, or only signs beside words, selects by the words.
  if (root === undefined) refuse('must contain at least one word: letters or digits');
  return { root, hasPhrases: hasPhrases(root) };
}

function refuse(problem: string): never {
  throw new InvalidInputError([{ field: 'search', problem }]);
}

function hasPhrases(node: SearchNode): boolean {
  if ('not' in node) return hasPhrases(node.not);
  if ('words' in node) return node.words.length > 1;
  return ('all' in node ? node.all : node.any).some(hasPhrases);
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < text.length;) {
    const character = text.charAt(at);
    const next = text.charAt(at + 1);
    if (WHITE_SPACE.test(character)) at += 1;
    else if (character === '(' || character === ')') {
      tokens.push({ kind: character, text: character });
      at += 1;
    } else if (QUOTATION_MARKS.includes(character)) {
      const end = endOf(text, at + 1, (each) => QUOTATION_MARKS.includes(each));
      if (end === text.length) refuse('must close each quotation mark');
      const node = wordsNode(text.slice(at + 1, end), false);
      tokens.push({ kind: 'words', text: text.slice(at, end + 1), node });
      at = end + 1;
    } else if (character === '-' && next !== '' && next !== '-' && !WHITE_SPACE.test(next)) {
      tokens.push({ kind: 'NOT', text: '-' });
      at += 1;
    } else {
      const end = endOf(text, at, (each) => WHITE_SPACE.test(each) || ENDS_OF_WORDS.includes(each));
      tokens.push(toToken(text.slice(at, end)));
      at = end;
    }
  }
  return tokens;
}

function endOf(text: string, from: number, isEnd: (character: string) => boolean): number {
  let end = from;
  while (end < text.length && !isEnd(text.charAt(end))) end += 1;
  return end;
}

function toToken(text: string): Token {
  if (text === 'AND' || text === 'OR' || text === 'NOT') return { kind: text, text };
  const star = text.indexOf('*');
  if (star < 0) return { kind: 'words', text, node: wordsNode(text, false) };
  const node = star === text.length - 1 ? wordsNode(text.slice(0, star), true) : undefined;
  if (node === undefined) refuse("may have '*' only at the end of a word, as in 'shard*'");
  return { kind: 'words', text, node };
}

/** Nothing for what has no word in it. */
function wordsNode(text: string, isPrefix: boolean): WordsNode | undefined {
  const [first, ...others] = wordsOf(text);
  return first === undefined ? undefined : { words: [first, ...others], isPrefix };
}

/** By recursive descent: OR binds weakest, then AND, which may be left out, then NOT. Undefined stands for what has no words. */
class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  parse(): SearchNode | undefined {
    const node = this.#any();
    if (this.#next !== undefined) refuse("must not have a ')' without a '(' before it");
    return node;
  }

  get #next(): Token | undefined {
    return this.#tokens[this.#at];
  }

  #any(): SearchNode | undefined {
    const nodes = [this.#all()];
    while (this.#next?.kind === 'OR') {
      this.#at += 1;
      nodes.push(this.#all());
    }
    const [first, ...others] = nodes.filter((node) => node !== undefined);
    return first === undefined || others.length === 0 ? first : { any: [first, ...others] };
  }

  #all(): SearchNode | undefined {
    const nodes = [this.#one()];
    for (let next = this.#next; next !== undefined && next.kind !== 'OR' && next.kind !== ')'; next = this.#next) {
      if (next.kind === 'AND') this.#at += 1;
      nodes.push(this.#one());
    }
    const [first, ...others] = nodes.filter((node) => node !== undefined);
    return first === undefined || others.length === 0 ? first : { all: [first, ...others] };
  }

  #one(): SearchNode | undefined {
    const token = this.#next;
    const before = this.#tokens[this.#at - 1];
    if (token === undefined || token.kind === 'AND' || token.kind === 'OR' || token.kind === ')') {
      const where = before === undefined ? 'at its start' : `after '${before.text}'`;
      refuse(`must have a word, a phrase or a bracket ${where}${token === undefined ? '' : `, not '${token.text}'`}`);
    }
    this.#at += 1;
    if (token.kind === 'words') return token.node;
    this.#depth += 1;
    if (this.#depth > MAX_SEARCH_DEPTH) refuse(`may nest brackets and negations at most ${MAX_SEARCH_DEPTH} deep`);
    const node = token.kind === '(' ? this.#bracket() : this.#not();
    this.#depth -= 1;
    return node;
  }

  #not(): SearchNode | undefined {
    const node = this.#one();
    return node === undefined ? undefined : { not: node };
  }

  #bracket(): SearchNode | undefined {
    const node = this.#any();
    if (this.#next?.kind !== ')') refuse("must close each '('");
    this.#at += 1;
    return node;
  }
}
