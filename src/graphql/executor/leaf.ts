import type { GraphQLLeafType, GraphQLObjectType } from 'graphql';
import { GraphQLDateTime } from 'graphql-scalars';
import type { Path } from './field-errors.js';
import { createPlace, type Execution, failAt } from './place.js';
import type { SelectedField } from './selection.js';

/**
 * A leaf whose value is a property and a primitive, as most are: without its place, which only what fails needs.
 * @returns undefined for any other
 */
export function plainLeaf(
  execution: Execution,
  parentType: GraphQLObjectType,
  source: unknown,
  parentPath: Path | undefined,
  field: SelectedField,
): unknown {
  const { leaf, definition } = field;
  if (leaf === undefined || typeof source !== 'object' || source === null) return undefined;
  const { budget } = execution.context;
  try {
    const value = (source as Readonly<Record<string, unknown>>)[definition.name];
    const isMissing = value === undefined || value === null;
    if (isMissing ? leaf !== definition.type : typeof value === 'object' || typeof value === 'function')
      return undefined;
    budget?.countField(value);
    return isMissing ? null : completeLeaf(leaf, value);
  } catch (error) {
    const place = createPlace(parentType, parentPath, field);
    return failAt(execution, place, definition.type, place, error);
  }
}

/** The value of a leaf as JSON writes it. @throws Error if the type cannot write it */
export function completeLeaf(type: GraphQLLeafType, value: unknown): unknown {
  if (type === GraphQLDateTime && typeof value === 'number') {
    const text = formatTime(value);
    if (text !== undefined) return text;
  }
  const written: unknown = type.serialize(value);
  if (written === undefined || written === null) {
    throw new Error(`A ${type.name} cannot be written as ${String(written)}`);
  }
  // JSON writes dates so itself, at twice the cost.
  return written instanceof Date && !Number.isNaN(written.getTime()) ? written.toISOString() : written;
}

const DAY = 24 * 60 * 60 * 1_000;
/** The end of the year 9999, after which years have a sign, and more digits. */
const END = Date.UTC(10_000, 0);
const TWO_DIGITS = Array.from({ length: 100 }, (_, number) => String(number).padStart(2, '0'));

/**
 * What `new Date(ms).toISOString()` is, in a quarter of its time. The date is that of H. Hinnant, "chrono-compatible low-level
 * date algorithms", `civil_from_days`: of a calendar whose years begin in March, so that the leap day is the last.
 * @returns undefined for what is no time since 1970 in whole ms
 */
export function formatTime(ms: number): string | undefined {
  if (!Number.isInteger(ms) || ms < 0 || ms >= END) return undefined;
  const days = Math.floor(ms / DAY);
  const sinceMarch = days + 719_468;
  const era = Math.floor(sinceMarch / 146_097);
  const dayOfEra = sinceMarch - era * 146_097;
  const leapDays = Math.floor(dayOfEra / 1_460) - Math.floor(dayOfEra / 36_524) + Math.floor(dayOfEra / 146_096);
  const yearOfEra = Math.floor((dayOfEra - leapDays) / 365);
  const dayOfYear = dayOfEra - 365 * yearOfEra - Math.floor(yearOfEra / 4) + Math.floor(yearOfEra / 100);
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1;
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  const year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0);
  const seconds = Math.floor((ms - days * DAY) / 1_000);
  const minutes = Math.floor(seconds / 60);
  const time = `${TWO_DIGITS[Math.floor(minutes / 60)]}:${TWO_DIGITS[minutes % 60]}:${TWO_DIGITS[seconds % 60]}`;
  return `${year}-${TWO_DIGITS[month]}-${TWO_DIGITS[day]}T${time}.${String(ms % 1_000).padStart(3, '0')}Z`;
}
