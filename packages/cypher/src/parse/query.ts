import type {
  Clause,
  Expression,
  MatchClause,
  ProjectionClause,
  ProjectionItem,
  Query,
  SingleQuery,
  SortItem,
} from '../ast.js';
import { type Token, tokenize, type Tokens } from '../lexer.js';
import { MAX_CLAUSES, MAX_ITEMS, MAX_QUERY_LENGTH, MAX_TOKENS } from '../limits.js';
import { type QueryFault, syntaxFault } from '../query-error.js';
import { RESERVED } from './atom.js';
import {
  type Cursor,
  expectKeyword,
  expectName,
  expectSymbol,
  isKeyword,
  isSymbol,
  nested,
  peek,
  take,
  takeKeywords,
  takeSymbol,
  unexpected,
} from './cursor.js';
import { parseExpression } from './expression.js';
import { parsePatterns } from './pattern.js';
import { explainRefusal, type SuggestAlternative } from './refused-clauses.js';

/** @throws {import('../query-error.js').QueryFault} for what is not a read-only query. */
export function parse(source: string, suggestAlternative?: SuggestAlternative): Query {
  if (source.length > MAX_QUERY_LENGTH) {
    throw syntaxFault('QueryTooLong', `A query must have at most ${MAX_QUERY_LENGTH} characters`);
  }
  const tokens = tokenize(source);
  if (tokens.cutAt !== undefined) throw explainTooLong(tokens, tokens.cutAt, suggestAlternative);
  const cursor: Cursor = {
    source,
    tokens,
    index: 0,
    depth: 0,
    ...(suggestAlternative !== undefined && { suggestAlternative }),
  };
  return parseWhole(cursor);
}

/** A query that writes is refused as such, however long it is: its clauses are looked for without parsing them. */
function explainTooLong({ list }: Tokens, cutAt: number, suggestAlternative?: SuggestAlternative): QueryFault {
  let depth = 0;
  for (const [index, token] of list.entries()) {
    if (token.kind === 'symbol') {
      if ('([{'.includes(token.text)) depth += 1;
      else if (')]}'.includes(token.text)) depth -= 1;
    }
    if (token.kind !== 'word' || depth !== 0 || !mayFollow(list[index - 1])) continue;
    const refusal = explainRefusal(token.upper, suggestAlternative);
    if (refusal !== undefined) return syntaxFault('ReadOnly', refusal, token.at);
  }
  const message = `A query must have at most ${MAX_TOKENS} words, values and symbols; pass long lists as parameters`;
  return syntaxFault('QueryTooLong', message, cutAt);
}

/** Whether a clause may begin behind a token: what is named like one stands behind a keyword or an operator. */
function mayFollow(before: Token | undefined): boolean {
  if (before === undefined) return true;
  if (before.kind === 'symbol') return ')]}'.includes(before.text);
  return before.kind !== 'word' || !RESERVED.has(before.upper);
}

function parseWhole(cursor: Cursor): Query {
  const prefix = takeKeywords(cursor, 'EXPLAIN') ? 'explain' : takeKeywords(cursor, 'PROFILE') ? 'profile' : undefined;
  const query = parseUnion(cursor);
  takeSymbol(cursor, ';');
  if (peek(cursor).kind !== 'end') throw unexpected(cursor, 'the end of the query');
  return { ...query, ...(prefix !== undefined && { prefix }) };
}

/** Of `EXISTS { … }`: a whole query, or just patterns with a WHERE. */
export function parseSubquery(cursor: Cursor): { readonly query: Query; readonly simple: boolean } {
  return nested(cursor, () => {
    expectSymbol(cursor, '{');
    const { at } = peek(cursor);
    const simple = isSymbol(peek(cursor), '(') || isSymbol(peek(cursor, 1), '=');
    const query = simple
      ? { parts: [{ at, clauses: [parsePatternsAndWhere(cursor, at, false)] }], unionAll: true }
      : parseUnion(cursor, true);
    expectSymbol(cursor, '}');
    return { query, simple };
  });
}

function parseUnion(cursor: Cursor, isSubquery = false): Query {
  const parts = [parseSingle(cursor, isSubquery)];
  let unionAll: boolean | undefined;
  while (isKeyword(peek(cursor), 'UNION')) {
    const { at } = take(cursor);
    const all = takeKeywords(cursor, 'ALL');
    if (unionAll !== undefined && unionAll !== all) {
      throw syntaxFault('InvalidClauseComposition', 'A query cannot combine UNION and UNION ALL', at);
    }
    unionAll = all;
    parts.push(parseSingle(cursor, isSubquery));
    if (parts.length > MAX_CLAUSES) throw tooMany(at);
  }
  return { parts, unionAll: unionAll ?? true };
}

function parseSingle(cursor: Cursor, isSubquery: boolean): SingleQuery {
  const { at } = peek(cursor);
  const clauses: Clause[] = [];
  for (;;) {
    const clause = parseClause(cursor);
    if (clause === undefined) break;
    clauses.push(clause);
    if (clauses.length > MAX_CLAUSES) throw tooMany(clause.at);
    if (clause.kind === 'return') break;
  }
  const last = clauses.at(-1);
  if (last === undefined) throw unexpected(cursor, 'MATCH, OPTIONAL MATCH, UNWIND, WITH or RETURN');
  const next = peek(cursor);
  if (last.kind === 'return' && startsClause(cursor)) {
    throw syntaxFault('InvalidClauseComposition', 'Only UNION may follow RETURN', next.at);
  }
  const complete = last.kind === 'return' || (isSubquery && last.kind !== 'with');
  if (!complete) {
    const atEnd = next.kind === 'end' || isKeyword(next, 'UNION') || isSymbol(next, '}') || isSymbol(next, ';');
    if (!atEnd) throw unexpected(cursor, 'RETURN or another clause');
    throw syntaxFault('InvalidClauseComposition', 'A query must end with RETURN', next.at);
  }
  return { at, clauses };
}

function tooMany(at: number): Error {
  return syntaxFault('TooManyClauses', `A query must have at most ${MAX_CLAUSES} clauses`, at);
}

function startsClause(cursor: Cursor): boolean {
  return ['MATCH', 'OPTIONAL', 'UNWIND', 'WITH', 'RETURN'].some((keyword) => isKeyword(peek(cursor), keyword));
}

function parseClause(cursor: Cursor): Clause | undefined {
  const token = peek(cursor);
  const { at } = token;
  if (token.kind !== 'word') return undefined;
  switch (token.upper) {
    case 'OPTIONAL':
      take(cursor);
      expectKeyword(cursor, 'MATCH');
      return parsePatternsAndWhere(cursor, at, true);
    case 'MATCH':
      take(cursor);
      return parsePatternsAndWhere(cursor, at, false);
    case 'UNWIND': {
      take(cursor);
      const list = parseExpression(cursor);
      expectKeyword(cursor, 'AS');
      return { kind: 'unwind', at, list, variable: expectName(cursor, 'a variable') };
    }
    case 'WITH':
      take(cursor);
      return parseProjection(cursor, 'with', at);
    case 'RETURN':
      take(cursor);
      return parseProjection(cursor, 'return', at);
    default: {
      const refusal = explainRefusal(token.upper, cursor.suggestAlternative);
      if (refusal !== undefined) throw syntaxFault('ReadOnly', refusal, at);
      return undefined;
    }
  }
}

function parsePatternsAndWhere(cursor: Cursor, at: number, optional: boolean): MatchClause {
  const patterns = parsePatterns(cursor);
  const where = takeKeywords(cursor, 'WHERE') ? parseExpression(cursor) : undefined;
  return { kind: 'match', at, optional, patterns, ...(where !== undefined && { where }) };
}

function parseProjection(cursor: Cursor, kind: 'with' | 'return', at: number): ProjectionClause {
  const distinct = takeKeywords(cursor, 'DISTINCT');
  const everything = takeSymbol(cursor, '*');
  const items = everything && !takeSymbol(cursor, ',') ? [] : parseList(cursor, parseItem);
  const groupBy =
    kind === 'return' && takeKeywords(cursor, 'GROUP', 'BY') ? parseList(cursor, parseExpression) : undefined;
  const having = kind === 'return' && takeKeywords(cursor, 'HAVING') ? parseExpression(cursor) : undefined;
  const orderBy = takeKeywords(cursor, 'ORDER', 'BY') ? parseList(cursor, parseSortItem) : [];
  const skip = takeKeywords(cursor, 'SKIP') ? parseExpression(cursor) : undefined;
  const limit = takeKeywords(cursor, 'LIMIT') ? parseExpression(cursor) : undefined;
  const where = kind === 'with' && takeKeywords(cursor, 'WHERE') ? parseExpression(cursor) : undefined;
  return {
    kind,
    at,
    distinct,
    everything,
    items,
    orderBy,
    ...(groupBy !== undefined && { groupBy }),
    ...(having !== undefined && { having }),
    ...(skip !== undefined && { skip }),
    ...(limit !== undefined && { limit }),
    ...(where !== undefined && { where }),
  };
}

function parseList<Item>(cursor: Cursor, parseOne: (cursor: Cursor) => Item): Item[] {
  const items = [parseOne(cursor)];
  while (takeSymbol(cursor, ',')) {
    items.push(parseOne(cursor));
    if (items.length > MAX_ITEMS) {
      throw syntaxFault('TooManyItems', `A clause must have at most ${MAX_ITEMS} items`, peek(cursor).at);
    }
  }
  return items;
}

function parseItem(cursor: Cursor): ProjectionItem {
  const first = peek(cursor);
  const expression = parseExpression(cursor);
  const last = peek(cursor, -1);
  if (takeKeywords(cursor, 'AS'))
    return { at: first.at, expression, name: expectName(cursor, 'a name'), aliased: true };
  const name = expression.kind === 'variable' ? expression.name : cursor.source.slice(first.at, last.end);
  return { at: first.at, expression, name, aliased: expression.kind === 'variable' };
}

function parseSortItem(cursor: Cursor): SortItem {
  const expression: Expression = parseExpression(cursor);
  const descending = takeKeywords(cursor, 'DESC') || takeKeywords(cursor, 'DESCENDING');
  if (!descending && !takeKeywords(cursor, 'ASC')) takeKeywords(cursor, 'ASCENDING');
  return { expression, descending };
}
