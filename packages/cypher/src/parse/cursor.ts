import type { Token, Tokens } from '../lexer.js';
import { MAX_NESTING } from '../limits.js';
import { syntaxFault } from '../query-error.js';
import type { SuggestAlternative } from './refused-clauses.js';

/** Where the parser stands. */
export interface Cursor {
  readonly source: string;
  readonly tokens: Tokens;
  readonly suggestAlternative?: SuggestAlternative;
  index: number;
  depth: number;
}

const END: Token = { kind: 'end', text: '', upper: '', at: 0, end: 0 };

export function peek(cursor: Cursor, ahead = 0): Token {
  return cursor.tokens.list[cursor.index + ahead] ?? cursor.tokens.list.at(-1) ?? END;
}

export function take(cursor: Cursor): Token {
  const token = peek(cursor);
  cursor.index += 1;
  return token;
}

export function isSymbol(token: Token, text: string): boolean {
  return token.kind === 'symbol' && token.text === text;
}

export function isKeyword(token: Token, keyword: string): boolean {
  return token.kind === 'word' && token.upper === keyword;
}

/** Takes the symbol if it is next. */
export function takeSymbol(cursor: Cursor, text: string): boolean {
  if (!isSymbol(peek(cursor), text)) return false;
  cursor.index += 1;
  return true;
}

/** Takes the keywords if they are next, all of them or none. */
export function takeKeywords(cursor: Cursor, ...keywords: readonly string[]): boolean {
  if (!keywords.every((keyword, ahead) => isKeyword(peek(cursor, ahead), keyword))) return false;
  cursor.index += keywords.length;
  return true;
}

export function expectSymbol(cursor: Cursor, text: string): Token {
  if (!isSymbol(peek(cursor), text)) throw unexpected(cursor, `'${text}'`);
  return take(cursor);
}

export function expectKeyword(cursor: Cursor, keyword: string): Token {
  if (!isKeyword(peek(cursor), keyword)) throw unexpected(cursor, keyword);
  return take(cursor);
}

/** Any word or quoted name: also a keyword names a property, a label, a type, an alias. */
export function expectName(cursor: Cursor, what: string): string {
  const token = peek(cursor);
  if (token.kind !== 'word' && token.kind !== 'quoted-name') throw unexpected(cursor, what);
  return take(cursor).text;
}

export function unexpected(cursor: Cursor, wanted: string, detail = 'UnexpectedSyntax'): Error {
  const token = peek(cursor);
  const found =
    token.kind === 'end' ? 'the end of the query' : `'${abridged(cursor.source.slice(token.at, token.end))}'`;
  return syntaxFault(detail, `Expected ${wanted} instead of ${found}`, token.at);
}

function abridged(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}...` : text;
}

/** Runs `parse` one level deeper. */
export function nested<Result>(cursor: Cursor, parse: (cursor: Cursor) => Result): Result {
  cursor.depth += 1;
  checkDepth(cursor, 0);
  const result = parse(cursor);
  cursor.depth -= 1;
  return result;
}

export function checkDepth(cursor: Cursor, more: number): void {
  if (cursor.depth + more <= MAX_NESTING) return;
  const message = `A query must not be nested more than ${MAX_NESTING} levels deep`;
  throw syntaxFault('NestingTooDeep', message, peek(cursor).at);
}
