/** Earlier versions of an entry, each kept as the fields that differ from the version after it. */
import { isJsonObject } from '../is-json-object.js';
import type { Feedback } from '../model/feedback.js';
import { CorruptRecordError, decodeRecord, encodeRecord } from '../store/record.js';

/** Applied to a version, it gives back the one before. */
export interface ReverseDelta {
  /** The fields that the earlier version had otherwise, or that the later one has not. */
  readonly previous: Readonly<Record<string, unknown>>;
  /** The names of the fields that the later version added. */
  readonly added: readonly string[];
}

/** The form in which stores of every version hold it. */
export interface StoredDelta {
  readonly had: ReverseDelta['previous'];
  readonly absent: ReverseDelta['added'];
}

function isKept(field: string): boolean {
  return field !== 'reviewClaim' && field !== 'judging';
}

/** What gives `before` back from `after`. What only says who works on an entry is not kept. */
export function reverseDelta(before: Feedback, after: Feedback): ReverseDelta {
  const previous: Record<string, unknown> = {};
  for (const [field, value] of Object.entries(before)) {
    const next = after[field as keyof Feedback];
    if (value === next || !isKept(field)) continue;
    if (typeof value !== 'object' || JSON.stringify(value) !== JSON.stringify(next)) previous[field] = value;
  }
  return {
    previous,
    added: Object.keys(after).filter((field) => !Object.hasOwn(before, field) || !isKept(field)),
  };
}

/** The fields of the version before `after`. */
export function applyReverseDelta(
  after: Feedback,
  { previous, added }: ReverseDelta,
): Readonly<Record<string, unknown>> {
  const kept = Object.entries(after).filter(([field]) => !added.includes(field));
  return { ...Object.fromEntries(kept), ...previous };
}

export function encodeReverseDelta({ previous, added }: ReverseDelta): Buffer {
  return encodeRecord({ had: previous, absent: added } satisfies StoredDelta);
}

/** @throws CorruptRecordError */
export function decodeReverseDelta(stored: Buffer): ReverseDelta {
  const record = decodeRecord(stored);
  if (!isStoredDelta(record)) throw new CorruptRecordError('its fields are not those of an earlier version');
  return fromStoredDelta(record);
}

export function fromStoredDelta({ had, absent }: StoredDelta): ReverseDelta {
  return { previous: had, added: absent };
}

export function isStoredDelta(record: unknown): record is StoredDelta {
  if (!isJsonObject(record)) return false;
  const { had, absent } = record;
  return isJsonObject(had) && Array.isArray(absent) && absent.every((field) => typeof field === 'string');
}
