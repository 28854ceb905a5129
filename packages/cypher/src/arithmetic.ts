import type { ArithmeticOperator } from './ast.js';
import { argumentFault, typeFault } from './query-error.js';
import { fitsInteger, isList, isNumber, kindOf, type Value, withArticle } from './value.js';

/** How large a text or a list an expression may make, in UTF-16 units or items. */
export const MAX_VALUE_LENGTH = 1_000_000;

export function calculate(operator: ArithmeticOperator, left: Value, right: Value, at: number): Value {
  if (operator === '+') return add(left, right, at);
  if (left === null || right === null) return null;
  if (!isNumber(left) || !isNumber(right)) throw mismatch(operator, left, right, at);
  if (operator === '^') return Number(left) ** Number(right);
  if (typeof left === 'bigint' && typeof right === 'bigint') return calculateIntegers(operator, left, right, at);
  const [one, other] = [Number(left), Number(right)];
  switch (operator) {
    case '-':
      return one - other;
    case '*':
      return one * other;
    case '/':
      return one / other;
    case '%':
      return one % other;
  }
}

function calculateIntegers(operator: '-' | '*' | '/' | '%', left: bigint, right: bigint, at: number): bigint {
  switch (operator) {
    case '-':
      return checked(left - right, at);
    case '*':
      return checked(left * right, at);
    case '/':
    case '%':
      if (right === 0n) throw argumentFault('DivisionByZero', 'An integer cannot be divided by zero', at);
      return checked(operator === '/' ? left / right : left % right, at);
  }
}

function add(left: Value, right: Value, at: number): Value {
  if (typeof left === 'bigint' && typeof right === 'bigint') return checked(left + right, at);
  if (left === null || right === null) return null;
  if (isList(left)) return checkedLength(isList(right) ? [...left, ...right] : [...left, right], at);
  if (isList(right)) return checkedLength([left, ...right], at);
  if (isNumber(left) && isNumber(right)) return Number(left) + Number(right);
  const text = typeof left === 'string' || typeof right === 'string';
  if (text && isTextOrNumber(left) && isTextOrNumber(right)) {
    return checkedLength(toText(left) + toText(right), at);
  }
  throw mismatch('+', left, right, at);
}

function isTextOrNumber(value: Value): value is string | number | bigint {
  return typeof value === 'string' || isNumber(value);
}

/** @throws {import('./query-error.js').QueryFault} for an integer that 64 bits do not hold. */
export function checked(value: bigint, at?: number): bigint {
  if (!fitsInteger(value)) throw argumentFault('IntegerOverflow', 'The integer does not fit into 64 bits', at);
  return value;
}

export function checkedLength<Sized extends string | readonly Value[]>(value: Sized, at?: number): Sized {
  if (value.length > MAX_VALUE_LENGTH) {
    const message = `A string or list must have at most ${MAX_VALUE_LENGTH} characters or items`;
    throw argumentFault('ValueTooLong', message, at);
  }
  return value;
}

function mismatch(operator: string, left: Value, right: Value, at: number): Error {
  return typeFault(
    `Operator '${operator}' cannot be applied to ${withArticle(kindOf(left))} and ${withArticle(kindOf(right))}`,
    at,
    'InvalidArgumentType',
  );
}

/** A number, truth or text as text; a float always shows that it is one. */
export function toText(value: string | number | bigint | boolean): string {
  if (typeof value !== 'number') return String(value);
  return Number.isInteger(value) && Math.abs(value) < 1e21 ? value.toFixed(1) : String(value);
}
