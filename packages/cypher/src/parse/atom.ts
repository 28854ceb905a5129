import type { Expression, PathPattern, Quantifier } from '../ast.js';
import {
  type Cursor,
  expectKeyword,
  expectName,
  expectSymbol,
  isKeyword,
  isSymbol,
  peek,
  take,
  takeKeywords,
  takeSymbol,
  unexpected,
} from './cursor.js';
import { parseCase, parseExpression, parseMap } from './expression.js';
import { parseNumber } from './number.js';
import { parsePath, startsPattern } from './pattern.js';
import { parseSubquery } from './query.js';

/** Words that never name a variable within an expression, as they go on or end it. */
export const RESERVED: ReadonlySet<string> = new Set(
  (
    'AND OR XOR NOT IN STARTS ENDS CONTAINS IS AS WHEN THEN ELSE END WHERE RETURN WITH MATCH OPTIONAL UNWIND UNION ' +
    'ORDER SKIP LIMIT DISTINCT CREATE MERGE DELETE DETACH SET REMOVE'
  ).split(' '),
);

export function parseAtom(cursor: Cursor): Expression {
  const token = peek(cursor);
  const { at } = token;
  switch (token.kind) {
    case 'integer':
    case 'float':
      return { kind: 'literal', at, value: parseNumber(take(cursor)) };
    case 'string':
      return { kind: 'literal', at, value: take(cursor).text };
    case 'parameter':
      return { kind: 'parameter', at, name: take(cursor).text };
    case 'quoted-name':
      return isSymbol(peek(cursor, 1), '(') ? parseCall(cursor) : { kind: 'variable', at, name: take(cursor).text };
    case 'word':
      return parseWord(cursor);
    case 'symbol':
      if (token.text === '(') return parseParentheses(cursor);
      if (token.text === '[') return parseBrackets(cursor);
      if (token.text === '{') return parseMap(cursor);
      throw unexpected(cursor, 'an expression');
    case 'end':
      throw unexpected(cursor, 'an expression');
  }
}

function parseWord(cursor: Cursor): Expression {
  const token = peek(cursor);
  const { at } = token;
  switch (token.upper) {
    case 'TRUE':
    case 'FALSE':
      take(cursor);
      return { kind: 'literal', at, value: token.upper === 'TRUE' };
    case 'NULL':
      take(cursor);
      return { kind: 'literal', at, value: null };
    case 'CASE':
      return parseCase(cursor);
    case 'EXISTS':
      if (isSymbol(peek(cursor, 1), '{')) {
        take(cursor);
        const { query, simple } = parseSubquery(cursor);
        return { kind: 'exists', at, query, simple };
      }
  }
  if (isCall(cursor)) return parseCall(cursor);
  if (RESERVED.has(token.upper)) throw unexpected(cursor, 'an expression');
  return { kind: 'variable', at, name: take(cursor).text };
}

function isCall(cursor: Cursor): boolean {
  let ahead = 1;
  // Names of functions may have a namespace before a dot.
  while (isSymbol(peek(cursor, ahead), '.') && peek(cursor, ahead + 1).kind === 'word') ahead += 2;
  return isSymbol(peek(cursor, ahead), '(') && !RESERVED.has(peek(cursor).upper);
}

const QUANTIFIERS: ReadonlyMap<string, Quantifier> = new Map([
  ['ALL', 'all'],
  ['ANY', 'any'],
  ['NONE', 'none'],
  ['SINGLE', 'single'],
]);

function parseCall(cursor: Cursor): Expression {
  const { at, upper } = peek(cursor);
  const quantifier = QUANTIFIERS.get(upper);
  const bindsVariable = isKeyword(peek(cursor, 3), 'IN');
  if (quantifier !== undefined && bindsVariable) return parseQuantifier(cursor, quantifier);
  if (upper === 'REDUCE' && isSymbol(peek(cursor, 3), '=')) return parseReduce(cursor);
  if (upper === 'COUNT' && isSymbol(peek(cursor, 2), '*')) {
    cursor.index += 3;
    expectSymbol(cursor, ')');
    return { kind: 'countAll', at };
  }
  let name = take(cursor).text;
  while (takeSymbol(cursor, '.')) name += `.${take(cursor).text}`;
  expectSymbol(cursor, '(');
  const distinct = takeKeywords(cursor, 'DISTINCT');
  const args: Expression[] = [];
  if (!takeSymbol(cursor, ')')) {
    do args.push(parseExpression(cursor));
    while (takeSymbol(cursor, ','));
    expectSymbol(cursor, ')');
  }
  return { kind: 'call', at, name, distinct, args };
}

function parseQuantifier(cursor: Cursor, quantifier: Quantifier): Expression {
  const { at } = take(cursor);
  expectSymbol(cursor, '(');
  const variable = expectName(cursor, 'a variable');
  expectKeyword(cursor, 'IN');
  const list = parseExpression(cursor);
  expectKeyword(cursor, 'WHERE');
  const where = parseExpression(cursor);
  expectSymbol(cursor, ')');
  return { kind: 'quantifier', at, quantifier, variable, list, where };
}

function parseReduce(cursor: Cursor): Expression {
  const { at } = take(cursor);
  expectSymbol(cursor, '(');
  const accumulator = expectName(cursor, 'a variable');
  expectSymbol(cursor, '=');
  const initial = parseExpression(cursor);
  expectSymbol(cursor, ',');
  const variable = expectName(cursor, 'a variable');
  expectKeyword(cursor, 'IN');
  const list = parseExpression(cursor);
  expectSymbol(cursor, '|');
  const step = parseExpression(cursor);
  expectSymbol(cursor, ')');
  return { kind: 'reduce', at, accumulator, initial, variable, list, step };
}

function parseParentheses(cursor: Cursor): Expression {
  if (startsPattern(cursor)) {
    const { at } = peek(cursor);
    return { kind: 'patternPredicate', at, pattern: parsePath(cursor) };
  }
  expectSymbol(cursor, '(');
  const expression = parseExpression(cursor);
  expectSymbol(cursor, ')');
  return expression;
}

/** A list, a list comprehension or a pattern comprehension. */
function parseBrackets(cursor: Cursor): Expression {
  const { at } = expectSymbol(cursor, '[');
  const second = peek(cursor, 1);
  const startsWithName = peek(cursor).kind === 'word' || peek(cursor).kind === 'quoted-name';
  if (startsWithName && isKeyword(second, 'IN') && !isKeyword(peek(cursor), 'NOT')) {
    return parseListComprehension(cursor, at);
  }
  if (startsWithName && isSymbol(second, '=') && isSymbol(peek(cursor, 2), '(')) {
    const comprehension = parseNamedPatternComprehension(cursor, at);
    if (comprehension !== undefined) return comprehension;
  }
  if (isSymbol(peek(cursor), '(') && startsPattern(cursor))
    return parseComprehensionBody(cursor, at, parsePath(cursor));
  const items: Expression[] = [];
  if (!takeSymbol(cursor, ']')) {
    do items.push(parseExpression(cursor));
    while (takeSymbol(cursor, ','));
    expectSymbol(cursor, ']');
  }
  return { kind: 'list', at, items };
}

/** What starts as `[x IN list` is always one: trying twice would double the work with each level of nesting. */
function parseListComprehension(cursor: Cursor, at: number): Expression {
  const variable = expectName(cursor, 'a variable');
  expectKeyword(cursor, 'IN');
  const list = parseExpression(cursor);
  const where = takeKeywords(cursor, 'WHERE') ? parseExpression(cursor) : undefined;
  const map = takeSymbol(cursor, '|') ? parseExpression(cursor) : undefined;
  if (where === undefined && map === undefined && isSymbol(peek(cursor), ',')) {
    throw unexpected(cursor, "']', or parentheses around the IN of a list's first item");
  }
  expectSymbol(cursor, ']');
  return {
    kind: 'listComprehension',
    at,
    variable,
    list,
    ...(where !== undefined && { where }),
    ...(map !== undefined && { map }),
  };
}

function parseNamedPatternComprehension(cursor: Cursor, at: number): Expression | undefined {
  const start = cursor.index;
  const variable = expectName(cursor, 'the name of a path');
  expectSymbol(cursor, '=');
  if (!startsPattern(cursor)) {
    cursor.index = start;
    return undefined;
  }
  return parseComprehensionBody(cursor, at, { ...parsePath(cursor), variable });
}

function parseComprehensionBody(cursor: Cursor, at: number, pattern: PathPattern): Expression {
  const where = takeKeywords(cursor, 'WHERE') ? parseExpression(cursor) : undefined;
  expectSymbol(cursor, '|');
  const map = parseExpression(cursor);
  expectSymbol(cursor, ']');
  return { kind: 'patternComprehension', at, pattern, map, ...(where !== undefined && { where }) };
}
