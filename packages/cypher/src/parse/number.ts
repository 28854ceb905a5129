import type { Token } from '../lexer.js';
import { syntaxFault } from '../query-error.js';
import { MAX_INTEGER } from '../value.js';

/** @throws {import('../query-error.js').QueryFault} IntegerOverflow or FloatingPointOverflow. */
export function parseNumber(token: Token): bigint | number {
  if (token.kind === 'integer') {
    const value = BigInt(token.text.toLowerCase());
    if (value > MAX_INTEGER) throw overflow(token);
    return value;
  }
  const value = Number(token.text);
  if (!Number.isFinite(value)) throw syntaxFault('FloatingPointOverflow', 'The float is too large', token.at);
  return value;
}

/** Of an integer that stands after a minus. */
export function parseNegatedNumber(token: Token): bigint {
  const value = -BigInt(token.text.toLowerCase());
  if (value < -MAX_INTEGER - 1n) throw overflow(token);
  return value;
}

function overflow(token: Token): Error {
  return syntaxFault('IntegerOverflow', 'The integer does not fit into 64 bits', token.at);
}
