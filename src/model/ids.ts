import { v7 as uuidv7 } from 'uuid';

const PREFIX = 'feedback-';

/** `feedback-` and a UUIDv7 (RFC 9562): the order of ids is the order of time, and within one process of creation. */
export function newFeedbackId(): string {
  return PREFIX + uuidv7();
}

const FEEDBACK_ID = /^feedback-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Whether feedback could have this id at all; what could not is simply not there, and never becomes part of a key. */
export function isFeedbackId(id: string): boolean {
  return FEEDBACK_ID.test(id);
}

/** The time in a feedback id, epoch ms. */
export function feedbackIdTime(id: string): number {
  return Number.parseInt(id.slice(PREFIX.length, PREFIX.length + 13).replace('-', ''), 16);
}

/**
 * The smallest possible UUIDv7 of a moment: those below it were made before `time` (epoch ms), so a bound on time is a
 * bound on ids. Times before 1970 and past the 48 bits of a UUIDv7 are clamped.
 */
export function firstUuidAt(time: number): string {
  const clamped = Math.min(Math.max(Math.ceil(time), 0), 2 ** 48 - 1);
  const hex = clamped.toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0`;
}

/** As {@link firstUuidAt}, of a feedback. */
export function firstFeedbackIdAt(time: number): string {
  return PREFIX + firstUuidAt(time);
}
