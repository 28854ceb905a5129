import { LRUCache } from 'lru-cache';
import { v7 as uuidv7 } from 'uuid';
import { takeRandomBytes } from '../random-bytes.js';

/** How many organizations' newest ids are remembered: more than can need one within the same millisecond. */
const REMEMBERED = 10_000;

/** The time (epoch ms) and the number within it of the newest id of each organization. */
const newest = new LRUCache<string, { msecs: number; seq: number }>({ max: REMEMBERED });

/**
 * A UUIDv7 (RFC 9562) above those that this process made for the organization before. Those of the same millisecond are
 * counted, so each organization has its own count: a shared one would tell it how many the others made in between.
 * @param now epoch ms; in a transaction what it is to be stamped with, so that ids are in the order of commits
 */
export function newUuid(org: string, now: number): string {
  let id = newest.get(org);
  if (id === undefined) {
    id = { msecs: -1, seq: 0 };
    newest.set(org, id);
  }
  if (now > id.msecs) {
    id.msecs = now;
    // 31 of 32 bits, so that there is room to count.
    id.seq = takeRandomBytes(4).readUInt32BE() >>> 1;
  } else id.seq += 1;
  return uuidv7(id);
}

const PREFIX = 'feedback-';

/** `feedback-` and a {@link newUuid}: the order of ids is the order of time, and within one process of creation. */
export function newFeedbackId(org: string, now: number): string {
  return PREFIX + newUuid(org, now);
}

/** The id of an entry about something that happened earlier: among those of that moment (epoch ms) in no order. */
export function feedbackIdAt(msecs: number): string {
  return PREFIX + uuidv7({ msecs });
}

const FEEDBACK_ID = /^feedback-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const FEEDBACK_IDS = /feedback-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

/** Whether feedback could have this id at all; what could not is simply not there, and never becomes part of a key. */
export function isFeedbackId(id: string): boolean {
  return FEEDBACK_ID.test(id);
}

/** A text with other words in place of every feedback id in it. */
export function replaceFeedbackIds(text: string, words: string): string {
  return text.replaceAll(FEEDBACK_IDS, words);
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

/** As {@link firstUuidAt}, of a feedback entry. */
export function firstFeedbackIdAt(time: number): string {
  return PREFIX + firstUuidAt(time);
}
