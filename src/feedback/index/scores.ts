/** Scores as filters select them, and as the index of scores names them. */
import type { Score, Scores } from '../../model/field-kinds.js';
import { idProblem } from '../../model/input.js';

/** Entries whose score has a value; at least one of `is`, `min` and `max`. */
export interface ScoreFilter {
  readonly name: string;
  /** A category, or `true` or `false` for a boolean. */
  readonly is?: string;
  /** Included. */
  readonly min?: number;
  /** Included. */
  readonly max?: number;
}

const SIGN = 1n << 63n;

/** The value as the index names it: numbers sort in their order. */
export function indexedScore(score: Score): string {
  if (typeof score === 'number') return `n${sortableNumber(score)}`;
  return typeof score === 'boolean' ? `b${String(score)}` : `c${score}`;
}

/** The value of an index name that {@link indexedScore} made, as text. */
export function shownScore(name: string): string {
  return name.startsWith('n') ? String(sortedNumber(name.slice(1))) : name.slice(1);
}

function sortedNumber(digits: string): number {
  const sortable = BigInt(`0x${digits}`);
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(sortable >= SIGN ? sortable ^ SIGN : BigInt.asUintN(64, ~sortable));
  return bytes.readDoubleBE();
}

/** 16 hexadecimal digits that sort as the numbers do. */
function sortableNumber(number: number): string {
  const bytes = Buffer.alloc(8);
  // One zero, whatever its sign.
  bytes.writeDoubleBE(number === 0 ? 0 : number);
  const bits = bytes.readBigUInt64BE();
  return (bits >= SIGN ? BigInt.asUintN(64, ~bits) : bits | SIGN).toString(16).padStart(16, '0');
}

/** Whether an entry has what a filter selects. */
export function hasScore(scores: Scores | undefined, { name, is, min, max }: ScoreFilter): boolean {
  const score = scores !== undefined && Object.hasOwn(scores, name) ? scores[name] : undefined;
  if (is !== undefined) return typeof score !== 'number' && score !== undefined && String(score) === is;
  return typeof score === 'number' && score >= (min ?? -Infinity) && score <= (max ?? Infinity);
}

const MAX_SCORE_FILTERS = 8;

/** What is wrong with the scores of a filter, as the rest of a sentence, if anything. */
export function scoreFiltersProblem(filters: readonly ScoreFilter[]): string | undefined {
  if (filters.length > MAX_SCORE_FILTERS) return `must be at most ${MAX_SCORE_FILTERS}`;
  for (const { name, is, min, max } of filters) {
    const problem = idProblem(name) ?? (is === undefined ? undefined : idProblem(is));
    if (problem !== undefined) return `must have names and categories each of which ${problem}`;
    if ((is === undefined) === ((min ?? max) === undefined)) return `must have either a range or a value for '${name}'`;
    if (min !== undefined && max !== undefined && min > max) return `must have a range that is not empty for '${name}'`;
  }
  return undefined;
}
