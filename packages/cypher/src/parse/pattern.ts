import type { Expression, NodePatternAst, PathPattern, RelationshipPatternAst } from '../ast.js';
import type { Token } from '../lexer.js';
import { MAX_HOPS, MAX_PATTERN_ELEMENTS } from '../limits.js';
import { syntaxFault } from '../query-error.js';
import { type Cursor, expectName, expectSymbol, isSymbol, peek, take, takeSymbol, unexpected } from './cursor.js';
import { parseMap } from './expression.js';

/** Patterns between commas, as after `MATCH`. */
export function parsePatterns(cursor: Cursor): readonly PathPattern[] {
  const patterns = [parseNamedPattern(cursor)];
  while (takeSymbol(cursor, ',')) patterns.push(parseNamedPattern(cursor));
  const elements = patterns.reduce((sum, { nodes, relationships }) => sum + nodes.length + relationships.length, 0);
  if (elements > MAX_PATTERN_ELEMENTS) {
    const message = `The patterns of a clause must have at most ${MAX_PATTERN_ELEMENTS} nodes and relationships together`;
    throw syntaxFault('PatternTooLong', message, patterns[0]?.at);
  }
  return patterns;
}

function parseNamedPattern(cursor: Cursor): PathPattern {
  const at = peek(cursor).at;
  if (!isSymbol(peek(cursor), '(') && isSymbol(peek(cursor, 1), '=')) {
    const variable = expectName(cursor, 'the name of a path');
    expectSymbol(cursor, '=');
    return { ...parsePath(cursor), at, variable };
  }
  return parsePath(cursor);
}

/** Nodes with relationships between them; also a pattern in parentheses of its own. */
export function parsePath(cursor: Cursor): PathPattern {
  const at = peek(cursor).at;
  const nodes = [parseNode(cursor)];
  const relationships: RelationshipPatternAst[] = [];
  while (startsRelationship(cursor, 0)) {
    relationships.push(parseRelationship(cursor));
    nodes.push(parseNode(cursor));
    if (nodes.length > MAX_PATTERN_ELEMENTS) {
      throw syntaxFault('PatternTooLong', `A pattern must have at most ${MAX_PATTERN_ELEMENTS} nodes`, at);
    }
  }
  return { at, nodes, relationships };
}

/** Whether a pattern with a relationship starts at the `(` that is next, and not an expression in parentheses. */
export function startsPattern(cursor: Cursor): boolean {
  const close = findClosing(cursor, 0);
  if (close < 0) return false;
  let inside = peek(cursor, 1);
  if (inside.kind === 'word' || inside.kind === 'quoted-name') inside = peek(cursor, 2);
  if (!isSymbol(inside, ')') && !isSymbol(inside, ':') && !isSymbol(inside, '{') && inside.kind !== 'parameter') {
    return false;
  }
  return startsRelationship(cursor, close + 1 - cursor.index);
}

function startsRelationship(cursor: Cursor, ahead: number): boolean {
  const first = peek(cursor, ahead);
  const from = isSymbol(first, '<') ? ahead + 1 : ahead;
  if (!isSymbol(peek(cursor, from), '-')) return false;
  const next = peek(cursor, from + 1);
  if (isSymbol(next, '-')) return true;
  if (!isSymbol(next, '[')) return false;
  const close = findClosing(cursor, from + 1);
  return close >= 0 && isSymbol(peek(cursor, close + 1 - cursor.index), '-');
}

function findClosing(cursor: Cursor, ahead: number): number {
  return cursor.tokens.closing[cursor.index + ahead] ?? -1;
}

function parseNode(cursor: Cursor): NodePatternAst {
  const { at } = expectSymbol(cursor, '(');
  const variable = parseVariable(cursor);
  const labels = parseLabels(cursor);
  const properties = parseProperties(cursor);
  expectSymbol(cursor, ')');
  return { at, labels, ...(variable !== undefined && { variable }), ...(properties !== undefined && { properties }) };
}

/** `:A:B`, maybe none. */
export function parseLabels(cursor: Cursor): string[] {
  const labels: string[] = [];
  while (takeSymbol(cursor, ':')) labels.push(expectName(cursor, 'a label'));
  return labels;
}

function parseVariable(cursor: Cursor): string | undefined {
  const token = peek(cursor);
  return token.kind === 'word' || token.kind === 'quoted-name' ? take(cursor).text : undefined;
}

function parseProperties(cursor: Cursor): Expression | undefined {
  const token = peek(cursor);
  if (isSymbol(token, '{')) return parseMap(cursor);
  if (token.kind === 'parameter') {
    throw syntaxFault('InvalidParameterUse', 'A pattern takes a map of properties, not a parameter', token.at);
  }
  return undefined;
}

function parseRelationship(cursor: Cursor): RelationshipPatternAst {
  const { at } = peek(cursor);
  const pointsBack = takeSymbol(cursor, '<');
  expectSymbol(cursor, '-');
  const inside = takeSymbol(cursor, '[') ? parseInside(cursor) : { types: [] };
  expectSymbol(cursor, '-');
  const pointsOn = takeSymbol(cursor, '>');
  const direction = pointsBack === pointsOn ? 'both' : pointsOn ? 'out' : 'in';
  return { at, ...inside, direction };
}

function parseInside(cursor: Cursor): Omit<RelationshipPatternAst, 'at' | 'direction'> {
  const variable = parseVariable(cursor);
  const types: string[] = [];
  if (takeSymbol(cursor, ':')) {
    types.push(expectName(cursor, 'a relationship type'));
    while (takeSymbol(cursor, '|')) {
      takeSymbol(cursor, ':');
      types.push(expectName(cursor, 'a relationship type'));
    }
  }
  const length = takeSymbol(cursor, '*') ? parseLength(cursor) : undefined;
  if (isSymbol(peek(cursor), '..'))
    throw unexpected(cursor, "'*' before a range of lengths", 'InvalidRelationshipPattern');
  const properties = parseProperties(cursor);
  expectSymbol(cursor, ']');
  return {
    types,
    ...(variable !== undefined && { variable }),
    ...(length !== undefined && { length }),
    ...(properties !== undefined && { properties }),
  };
}

function parseLength(cursor: Cursor): NonNullable<RelationshipPatternAst['length']> {
  const least = parseBound(cursor);
  if (!takeSymbol(cursor, '..')) return least === undefined ? { least: 1 } : { least, most: least };
  const most = parseBound(cursor);
  return { least: least ?? 1, ...(most !== undefined && { most }) };
}

function parseBound(cursor: Cursor): number | undefined {
  const token = peek(cursor);
  if (isSymbol(token, '-')) throw unexpected(cursor, 'a length of 0 or more', 'InvalidRelationshipPattern');
  if (token.kind !== 'integer') return undefined;
  take(cursor);
  return toHopBound(token);
}

function toHopBound(token: Token): number {
  const bound = Number(token.text);
  if (bound > MAX_HOPS) {
    throw syntaxFault('InvalidRelationshipPattern', `A length must be at most ${MAX_HOPS}`, token.at);
  }
  return bound;
}
