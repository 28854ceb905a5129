import { ApiError, StaleVersionError } from '../errors.js';
import { decodeErased, decodeFeedbackOnce, type ErasedFeedback, type Feedback } from '../model/feedback.js';
import { isFeedbackId } from '../model/ids.js';
import type { Key, Reader } from '../store/contract.js';
import { erasedFeedbackKey, feedbackPrefix } from '../store/layout.js';
import { mapYielding, startStretches, type Stretches } from '../yield-to-event-loop.js';

/** Tells the keys of current versions from all others of the store. */
export function matchFeedbackKeys(org: string): (key: Key) => boolean {
  const prefix = feedbackPrefix(org);
  return (key) => key.startsWith(prefix);
}

/** The current versions, in the order of `ids`; `undefined` for one that is not there. One read of the store. */
export async function findFeedback(
  reader: Reader,
  org: string,
  ids: readonly string[],
): Promise<(Feedback | undefined)[]> {
  if (!ids.every(isFeedbackId)) {
    const found = new Map((await findFeedback(reader, org, ids.filter(isFeedbackId))).map((each) => [each?.id, each]));
    return ids.map((id) => found.get(id));
  }
  return indexedFeedback(reader, org, ids);
}

/** As {@link findFeedback}, for ids that an index has. */
export async function indexedFeedback(
  reader: Reader,
  org: string,
  ids: readonly string[],
): Promise<(Feedback | undefined)[]> {
  const prefix = feedbackPrefix(org);
  const values = await reader.getMany(ids.map((id) => prefix + id));
  return decodeMany(values, (value) => (value === undefined ? undefined : decodeFeedbackOnce(value)));
}

export interface FeedbackRecord {
  readonly feedback: Feedback;
  /** Of the entry as it is stored. */
  readonly bytes: number;
}

/** The current versions of those of these ids that are there, in their order. One read of the store. */
export async function indexedRecords(reader: Reader, org: string, ids: readonly string[]): Promise<FeedbackRecord[]> {
  const prefix = feedbackPrefix(org);
  const values = await reader.getMany(ids.map((id) => prefix + id));
  const stored = values.filter((value) => value !== undefined);
  return decodeMany(stored, (value) => ({ feedback: decodeFeedbackOnce(value), bytes: value.length }));
}

/** Bytes that are decoded at a stretch: a few milliseconds. */
const FEW_BYTES = 256 * 1024;

/** As `values.map(decode)`, letting others have their turn in between where there is much to decode. */
export async function decodeMany<Value extends Buffer | undefined, Decoded>(
  values: readonly Value[],
  decode: (value: Value) => Decoded,
  stretches: Stretches = startStretches(),
): Promise<Decoded[]> {
  const bytes = values.reduce((sum, value) => sum + (value?.length ?? 0), 0);
  return bytes <= FEW_BYTES ? values.map(decode) : mapYielding(values, decode, stretches);
}

/** @throws {ApiError} GONE if it was erased, NOT_FOUND if it never was */
export async function getFeedback(reader: Reader, org: string, id: string): Promise<Feedback> {
  const [feedback] = await findFeedback(reader, org, [id]);
  if (feedback !== undefined) return feedback;
  await refuseErased(reader, org, id);
  throw new ApiError('NOT_FOUND', 'Feedback entry not found');
}

/** @throws {ApiError} GONE if the feedback was erased */
export async function refuseErased(reader: Reader, org: string, id: string): Promise<void> {
  if ((await findErased(reader, org, id)) !== undefined) throw new ApiError('GONE', 'Feedback entry was erased');
}

export async function findErased(reader: Reader, org: string, id: string): Promise<ErasedFeedback | undefined> {
  const value = isFeedbackId(id) ? await reader.get(erasedFeedbackKey(org, id)) : undefined;
  return value === undefined ? undefined : decodeErased(value);
}

/** @throws {StaleVersionError} if another version is expected than the current one */
export function expectVersion(feedback: Feedback, expected: number | undefined): void {
  const { id, version } = feedback;
  if (expected === undefined || expected === version) return;
  throw new StaleVersionError(`The feedback entry ${id} is at version ${version}, not at version ${expected}`);
}
