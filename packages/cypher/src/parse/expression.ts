import type {
  ArithmeticOperator,
  ComparisonOperator,
  Expression,
  ExpressionOf,
  LogicalOperator,
  MapEntry,
} from '../ast.js';
import { syntaxFault } from '../query-error.js';
import { parseAtom } from './atom.js';
import {
  checkDepth,
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
} from './cursor.js';
import { parseNegatedNumber } from './number.js';
import { parseLabels } from './pattern.js';

/** From the loosest to the tightest, as in openCypher 9: OR, XOR, AND, NOT, comparison, IN and the like, + -, * / %, ^, sign. */
export function parseExpression(cursor: Cursor): Expression {
  return nested(cursor, parseOr);
}

function parseOr(cursor: Cursor): Expression {
  return parseLogical(cursor, 'or', parseXor);
}

function parseXor(cursor: Cursor): Expression {
  return parseLogical(cursor, 'xor', parseAnd);
}

function parseAnd(cursor: Cursor): Expression {
  return parseLogical(cursor, 'and', parseNot);
}

function parseLogical(
  cursor: Cursor,
  operator: LogicalOperator,
  parseOperand: (cursor: Cursor) => Expression,
): Expression {
  const { at } = peek(cursor);
  const first = parseOperand(cursor);
  const keyword = operator.toUpperCase();
  if (!isKeyword(peek(cursor), keyword)) return first;
  const operands = [first];
  while (takeKeywords(cursor, keyword)) operands.push(parseOperand(cursor));
  return { kind: 'logical', at, operator, operands };
}

function parseNot(cursor: Cursor): Expression {
  const { at } = peek(cursor);
  let negations = 0;
  while (takeKeywords(cursor, 'NOT')) negations += 1;
  const operand = parseComparison(cursor);
  if (negations === 0) return operand;
  // Three negations say what one says; two still turn a value into a truth.
  const not: Expression = { kind: 'not', at, operand };
  return negations % 2 === 1 ? not : { kind: 'not', at, operand: not };
}

const COMPARISONS: ReadonlySet<string> = new Set(['=', '<>', '<', '<=', '>', '>=']);

function isComparison(text: string): text is ComparisonOperator {
  return COMPARISONS.has(text);
}

function parseComparison(cursor: Cursor): Expression {
  const { at } = peek(cursor);
  const first = parsePredicate(cursor);
  const rest: { operator: ComparisonOperator; operand: Expression }[] = [];
  for (;;) {
    const token = peek(cursor);
    if (token.kind !== 'symbol' || !isComparison(token.text)) break;
    take(cursor);
    rest.push({ operator: token.text, operand: parsePredicate(cursor) });
  }
  return rest.length === 0 ? first : { kind: 'comparison', at, first, rest };
}

const NO_PATTERNS =
  "'=~' is not taken, as a regular expression can take forever: use STARTS WITH, ENDS WITH or CONTAINS";

/** `IN`, `STARTS WITH` and the like, which may follow one another. */
function parsePredicate(cursor: Cursor): Expression {
  let left = parseSum(cursor);
  for (let depth = 1; ; depth += 1) {
    checkDepth(cursor, depth);
    const token = peek(cursor);
    const { at } = token;
    if (isSymbol(token, '=~')) throw syntaxFault('UnexpectedSyntax', NO_PATTERNS, at);
    if (token.kind !== 'word') return left;
    if (takeKeywords(cursor, 'IN')) left = { kind: 'in', at, item: left, list: parseSum(cursor) };
    else if (takeKeywords(cursor, 'STARTS', 'WITH')) left = text('starts with');
    else if (takeKeywords(cursor, 'ENDS', 'WITH')) left = text('ends with');
    else if (takeKeywords(cursor, 'CONTAINS')) left = text('contains');
    else if (takeKeywords(cursor, 'IS', 'NULL')) left = { kind: 'isNull', at, operand: left, negated: false };
    else if (takeKeywords(cursor, 'IS', 'NOT', 'NULL')) left = { kind: 'isNull', at, operand: left, negated: true };
    else return left;

    function text(operator: ExpressionOf<'text'>['operator']): Expression {
      return { kind: 'text', at, operator, left, right: parseSum(cursor) };
    }
  }
}

function parseSum(cursor: Cursor): Expression {
  return parseArithmetic(cursor, ['+', '-'], parseProduct);
}

function parseProduct(cursor: Cursor): Expression {
  return parseArithmetic(cursor, ['*', '/', '%'], parsePower);
}

function parsePower(cursor: Cursor): Expression {
  return parseArithmetic(cursor, ['^'], parseSign);
}

function parseArithmetic(
  cursor: Cursor,
  operators: readonly ArithmeticOperator[],
  parseOperand: (cursor: Cursor) => Expression,
): Expression {
  const { at } = peek(cursor);
  const first = parseOperand(cursor);
  const rest: { operator: ArithmeticOperator; operand: Expression; at: number }[] = [];
  for (;;) {
    const token = peek(cursor);
    const operator = token.kind === 'symbol' ? operators.find((each) => each === token.text) : undefined;
    if (operator === undefined) break;
    take(cursor);
    rest.push({ operator, at: token.at, operand: parseOperand(cursor) });
  }
  return rest.length === 0 ? first : { kind: 'arithmetic', at, first, rest };
}

function parseSign(cursor: Cursor): Expression {
  const { at } = peek(cursor);
  let negative = false;
  let signs = 0;
  for (; ; signs += 1) {
    if (takeSymbol(cursor, '-')) negative = !negative;
    else if (!takeSymbol(cursor, '+')) break;
  }
  const token = peek(cursor);
  // The smallest integer has no positive counterpart, so the sign is part of the number.
  if (signs === 1 && negative && token.kind === 'integer') {
    take(cursor);
    return parsePostfix(cursor, { kind: 'literal', at, value: parseNegatedNumber(token) });
  }
  const operand = parsePostfix(cursor, parseAtom(cursor));
  return signs === 0 ? operand : { kind: 'negate', at, operand, negative };
}

/** Property, index, slice, labels. */
function parsePostfix(cursor: Cursor, atom: Expression): Expression {
  let object = atom;
  for (let depth = 1; ; depth += 1) {
    checkDepth(cursor, depth);
    const { at } = peek(cursor);
    if (takeSymbol(cursor, '.')) {
      object = { kind: 'property', at, object, name: expectName(cursor, 'the name of a property') };
    } else if (takeSymbol(cursor, '[')) {
      object = parseSubscript(cursor, at, object);
    } else if (isSymbol(peek(cursor), ':')) {
      object = { kind: 'labels', at, object, labels: parseLabels(cursor) };
    } else return object;
  }
}

function parseSubscript(cursor: Cursor, at: number, object: Expression): Expression {
  const from = isSymbol(peek(cursor), '..') ? undefined : parseExpression(cursor);
  if (from !== undefined && takeSymbol(cursor, ']')) return { kind: 'index', at, object, index: from };
  expectSymbol(cursor, '..');
  const to = isSymbol(peek(cursor), ']') ? undefined : parseExpression(cursor);
  expectSymbol(cursor, ']');
  return { kind: 'slice', at, object, ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
}

export function parseMap(cursor: Cursor): ExpressionOf<'map'> {
  const { at } = expectSymbol(cursor, '{');
  const entries: MapEntry[] = [];
  if (!takeSymbol(cursor, '}')) {
    do {
      const key = expectName(cursor, 'the name of a property');
      expectSymbol(cursor, ':');
      entries.push({ key, value: parseExpression(cursor) });
    } while (takeSymbol(cursor, ','));
    expectSymbol(cursor, '}');
  }
  return { kind: 'map', at, entries };
}

export function parseCase(cursor: Cursor): Expression {
  const { at } = expectKeyword(cursor, 'CASE');
  const subject = isKeyword(peek(cursor), 'WHEN') ? undefined : parseExpression(cursor);
  const branches: { when: Expression; then: Expression }[] = [];
  while (takeKeywords(cursor, 'WHEN')) {
    const when = parseExpression(cursor);
    expectKeyword(cursor, 'THEN');
    branches.push({ when, then: parseExpression(cursor) });
  }
  if (branches.length === 0) throw syntaxFault('UnexpectedSyntax', 'CASE requires at least one WHEN', at);
  const otherwise = takeKeywords(cursor, 'ELSE') ? parseExpression(cursor) : undefined;
  expectKeyword(cursor, 'END');
  return {
    kind: 'case',
    at,
    branches,
    ...(subject !== undefined && { subject }),
    ...(otherwise !== undefined && { otherwise }),
  };
}
