import { MAX_TOKENS } from './limits.js';
import { syntaxFault } from './query-error.js';

export type TokenKind = 'word' | 'quoted-name' | 'integer' | 'float' | 'string' | 'parameter' | 'symbol' | 'end';

export interface Token {
  readonly kind: TokenKind;
  /** What it says: of a string or a quoted name without quotes and escapes, of a parameter without `$`. */
  readonly text: string;
  /** Upper case of a word, else the text: what keywords are compared with. */
  readonly upper: string;
  /** Offset of its first unit, and of the one after its last. */
  readonly at: number;
  readonly end: number;
}

export interface Tokens {
  readonly list: readonly Token[];
  /** For each opening bracket the index of the token that closes it; -1 where none does, and for other tokens. */
  readonly closing: Int32Array;
  /** Where the first token beyond the limit starts, if there is one: neither it nor any after it is in the list. */
  readonly cutAt?: number;
}

const SPACES = /[\s\u0085\u180e\u200b-\u200d\ufeff]*/uy;
const SPACE = 0x20;
const SLASH = 0x2f;
const NON_ASCII = 0x80;
const [LETTER_A, LETTER_Z, UNDERSCORE] = [0x61, 0x7a, 0x5f];
const LINE_END = /[\r\n]|$/g;
const WORD_START = /[\p{L}\p{Nl}\p{Pc}]/u;
const WORD = /[\p{L}\p{Nl}\p{Pc}\p{Nd}\p{Mn}\p{Mc}\p{Sc}]*/uy;
const EXPONENT = /[eE][+-]?[0-9]+/y;
const TWO_CHARACTER_SYMBOLS = new Set(['<=', '>=', '<>', '=~', '..']);
const SYMBOLS = new Set('()[]{},.:;|+-*/%^=<>'.split(''));
const CLOSERS = new Map([
  [')', '('],
  [']', '['],
  ['}', '{'],
]);

/** @throws {import('./query-error.js').QueryFault} for what is no token. */
export function tokenize(source: string): Tokens {
  const list: Token[] = [];
  let cutAt: number | undefined;
  for (let at = skipBlank(source, 0); at < source.length;) {
    const token = readToken(source, at);
    if (list.length === MAX_TOKENS) {
      cutAt = at;
      break;
    }
    list.push(token);
    at = skipBlank(source, token.end);
  }
  const end = cutAt ?? source.length;
  list.push({ kind: 'end', text: '', upper: '', at: end, end });
  return { list, closing: matchBrackets(list), ...(cutAt !== undefined && { cutAt }) };
}

function readToken(source: string, at: number): Token {
  const first = source.charAt(at);
  if (first === "'" || first === '"') return readString(source, at, first);
  if (first === '`') return readQuotedName(source, at);
  if (first === '$') return readParameter(source, at);
  if (isDigit(first) || (first === '.' && isDigit(source.charAt(at + 1)))) return readNumber(source, at);
  if (startsWord(source, at)) {
    const text = match(WORD, source, at);
    return { kind: 'word', text, upper: text.toUpperCase(), at, end: at + text.length };
  }
  const two = source.slice(at, at + 2);
  const text = TWO_CHARACTER_SYMBOLS.has(two) ? two : first;
  if (text.length === 1 && !SYMBOLS.has(text)) {
    throw syntaxFault('UnexpectedSyntax', `Unexpected character '${codePointAt(source, at)}'`, at);
  }
  return { kind: 'symbol', text, upper: text, at, end: at + text.length };
}

function skipBlank(source: string, from: number): number {
  let at = from;
  for (; at < source.length;) {
    const unit = source.charCodeAt(at);
    // A regular expression takes ten times as long to see what nearly always stands there.
    if (unit > SPACE && unit < NON_ASCII && unit !== SLASH) break;
    if (unit === SPACE) {
      at += 1;
      continue;
    }
    at += match(SPACES, source, at).length;
    if (source.startsWith('//', at)) {
      LINE_END.lastIndex = at;
      at = LINE_END.exec(source)?.index ?? source.length;
    } else if (source.startsWith('/*', at)) {
      const end = source.indexOf('*/', at + 2);
      if (end < 0) throw syntaxFault('UnexpectedSyntax', 'The comment is not terminated', at);
      at = end + 2;
    } else break;
  }
  return at;
}

const ESCAPES = new Map([
  ['\\', '\\'],
  ["'", "'"],
  ['"', '"'],
  ['`', '`'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
]);

function readString(source: string, at: number, quote: string): Token {
  const parts: string[] = [];
  let plainFrom = at + 1;
  for (let index = at + 1; index < source.length;) {
    const unit = source.charAt(index);
    if (unit === quote) {
      parts.push(source.slice(plainFrom, index));
      const text = parts.join('');
      return { kind: 'string', text, upper: text, at, end: index + 1 };
    }
    if (unit !== '\\') {
      index += 1;
      continue;
    }
    parts.push(source.slice(plainFrom, index));
    const [text, length] = readEscape(source, index);
    parts.push(text);
    index += length;
    plainFrom = index;
  }
  throw syntaxFault('UnexpectedSyntax', 'The string is not terminated', at);
}

/** The character that an escape stands for, and the escape's length. */
function readEscape(source: string, at: number): [string, number] {
  const letter = source.charAt(at + 1);
  const plain = ESCAPES.get(letter);
  if (plain !== undefined) return [plain, 2];
  const digits = letter === 'u' ? 4 : letter === 'U' ? 8 : 0;
  if (digits === 0) throw syntaxFault('UnexpectedSyntax', `'\\${letter}' is not a valid escape sequence`, at);
  const hex = source.slice(at + 2, at + 2 + digits);
  const code = /^[0-9a-fA-F]+$/.test(hex) && hex.length === digits ? Number.parseInt(hex, 16) : Infinity;
  if (code > 0x10ffff) {
    throw syntaxFault('InvalidUnicodeLiteral', `'\\${letter}' must be followed by ${digits} hexadecimal digits`, at);
  }
  return [String.fromCodePoint(code), 2 + digits];
}

function readQuotedName(source: string, at: number): Token {
  let text = '';
  for (let from = at + 1; ;) {
    const end = source.indexOf('`', from);
    if (end < 0) throw syntaxFault('UnexpectedSyntax', 'The quoted name is not terminated', at);
    text += source.slice(from, end);
    if (source.charAt(end + 1) !== '`') return { kind: 'quoted-name', text, upper: text, at, end: end + 1 };
    text += '`';
    from = end + 2;
  }
}

function readParameter(source: string, at: number): Token {
  if (source.charAt(at + 1) === '`') {
    const name = readQuotedName(source, at + 1);
    return { ...name, kind: 'parameter', at };
  }
  const text = match(WORD, source, at + 1);
  if (text === '') throw syntaxFault('UnexpectedSyntax', "'$' must be followed by the name of a parameter", at);
  return { kind: 'parameter', text, upper: text, at, end: at + 1 + text.length };
}

function readNumber(source: string, at: number): Token {
  const prefixed = /^0[xo]/i.test(source.slice(at, at + 2));
  let end = prefixed ? at + 2 : skipDigits(source, at);
  let kind: TokenKind = 'integer';
  if (!prefixed) {
    if (source.charAt(end) === '.' && isDigit(source.charAt(end + 1))) {
      kind = 'float';
      end = skipDigits(source, end + 1);
    }
    const exponent = /[eE]/.test(source.charAt(end)) ? match(EXPONENT, source, end) : '';
    if (exponent !== '') {
      kind = 'float';
      end += exponent.length;
    }
  }
  const trailing = match(WORD, source, end);
  const text = source.slice(at, end + trailing.length);
  const wellFormed = prefixed ? /^0(?:x[0-9a-f]+|o[0-7]+)$/i.test(text) : trailing === '';
  if (!wellFormed) throw syntaxFault('InvalidNumberLiteral', `'${text}' is not a number`, at);
  return { kind, text, upper: text, at, end: at + text.length };
}

function matchBrackets(list: readonly Token[]): Int32Array {
  const closing = new Int32Array(list.length).fill(-1);
  const open: number[] = [];
  list.forEach((token, index) => {
    if (token.kind !== 'symbol') return;
    if (token.text === '(' || token.text === '[' || token.text === '{') open.push(index);
    const opener = CLOSERS.get(token.text);
    if (opener === undefined) return;
    const last = open.at(-1);
    if (last === undefined || list[last]?.text !== opener) return;
    open.pop();
    closing[last] = index;
  });
  return closing;
}

function skipDigits(source: string, from: number): number {
  let at = from;
  while (isDigit(source.charAt(at))) at += 1;
  return at;
}

function startsWord(source: string, at: number): boolean {
  const unit = source.charCodeAt(at);
  if (unit >= NON_ASCII) return WORD_START.test(codePointAt(source, at));
  const lower = unit | 0x20;
  return (lower >= LETTER_A && lower <= LETTER_Z) || unit === UNDERSCORE;
}

function match(pattern: RegExp, source: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(source)?.[0] ?? '';
}

function codePointAt(source: string, at: number): string {
  return String.fromCodePoint(source.codePointAt(at) ?? 0);
}

function isDigit(unit: string): boolean {
  return unit >= '0' && unit <= '9';
}
