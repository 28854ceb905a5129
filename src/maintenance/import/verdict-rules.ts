/** What `--positive-when` and `--negative-when` say: which values of a field are which verdict. */
import type { FeedbackType } from '../../model/facets.js';

const COMPARISONS = {
  '>=': (value: number, bound: number) => value >= bound,
  '<=': (value: number, bound: number) => value <= bound,
  '>': (value: number, bound: number) => value > bound,
  '<': (value: number, bound: number) => value < bound,
} as const;

export interface Condition {
  /** A name in the file, with dots into objects, or the name of a score. */
  readonly field: string;
  /** Whether it holds for a value that is there; undefined for one that cannot be compared so. */
  readonly holds: (value: unknown) => boolean | undefined;
}

/** At least one of them is given. */
export interface VerdictRules {
  readonly positive?: Condition | undefined;
  readonly negative?: Condition | undefined;
}

/**
 * Reads `field >= number`, with one of `>= <= > < = !=`. `=` and `!=` also compare words.
 * @returns undefined for anything else
 * @example parseCondition('rating>=4')
 */
export function parseCondition(text: string): Condition | undefined {
  const [, field, operator, right] = /^\s*([^<>=!\s]+)\s*(>=|<=|!=|=|>|<)\s*(\S(?:.*\S)?)\s*$/.exec(text) ?? [];
  if (field === undefined || operator === undefined || right === undefined || /^[<>=]/.test(right)) return undefined;
  if (operator === '=' || operator === '!=') {
    return { field, holds: (value) => isScalar(value) && isSame(value, right) === (operator === '=') };
  }
  const bound = toNumber(right);
  if (bound === undefined) return undefined;
  const compare = COMPARISONS[operator as keyof typeof COMPARISONS];
  return {
    field,
    holds: (value) => {
      const number = toNumber(value);
      return number === undefined ? undefined : compare(number, bound);
    },
  };
}

/**
 * The verdict of a row; undefined if neither condition's field has a value.
 * @param valueOf the value of a field, in the file or among the scores
 * @returns `problem` is a sentence
 */
export function applyRules(
  { positive, negative }: VerdictRules,
  valueOf: (field: string) => unknown,
): { readonly type: FeedbackType } | { readonly problem: string } | undefined {
  const given = [positive, negative].filter((each) => each !== undefined);
  const valued = given.filter(({ field }) => isPresent(valueOf(field)));
  if (valued.length === 0) return undefined;
  const holds = (condition: Condition | undefined): boolean =>
    condition !== undefined && condition.holds(valueOf(condition.field)) === true;
  const isPositive = holds(positive);
  const isNegative = holds(negative);
  if (isPositive !== isNegative) return { type: isPositive ? 'positive' : 'negative' };
  const values = [...new Set(valued.map(({ field }) => `'${field}' is ${quote(valueOf(field))}`))].join(' and ');
  return {
    problem: isPositive
      ? `${values}: both --positive-when and --negative-when hold`
      : `${values}: ${given.length === 2 ? 'neither --positive-when nor --negative-when holds' : `${positive === undefined ? '--negative-when' : '--positive-when'} does not hold, and no other rule says what that means`}`,
  };
}

function isPresent(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '';
}

function isScalar(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

function isSame(value: string | number | boolean, right: string): boolean {
  const [one, other] = [toNumber(value), toNumber(right)];
  if (one !== undefined && other !== undefined) return one === other;
  return String(value).trim().toLowerCase() === right.toLowerCase();
}

/** Tables of text hold numbers as texts. */
function toNumber(value: unknown): number | undefined {
  if (typeof value === 'boolean') return value ? 1 : 0;
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

function quote(value: unknown): string {
  return isScalar(value) ? String(value).slice(0, 40) : 'no number';
}
