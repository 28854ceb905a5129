import type { Feedback } from '../model/feedback.js';
import type { Reader, Store } from '../store/contract.js';
import { prefixEnd } from '../store/keys.js';
import { feedbackVersionKey, feedbackVersionPrefix } from '../store/layout.js';
import { mapYielding, startStretches } from '../yield-to-event-loop.js';
import { applyReverseDelta, decodeReverseDelta } from './reverse-delta.js';

/** The version before `after`. */
function versionBefore(after: Feedback, stored: Buffer): Feedback {
  return applyReverseDelta(after, decodeReverseDelta(stored)) as unknown as Feedback;
}

const READ_AT_ONCE = 100;

/**
 * The versions of a feedback entry, newest first, from the current one down to version `downTo` or until `enough` says so of
 * the last one. Each is made of the one after it, so the cost follows how far back it goes.
 */
async function versionsDown(
  reader: Reader,
  org: string,
  current: Feedback,
  downTo: number,
  enough?: (version: Feedback) => boolean,
): Promise<Feedback[]> {
  const stretches = startStretches();
  const versions = [current];
  let last = current;
  if (enough === undefined) reader.planReads?.(current.version - downTo);
  while (last.version > downTo && enough?.(last) !== true) {
    const entries = await reader.scan({
      gte: feedbackVersionKey(org, current.id, Math.max(downTo, 1)),
      lt:
        last === current
          ? prefixEnd(feedbackVersionPrefix(org, current.id))
          : feedbackVersionKey(org, current.id, last.version),
      limit: READ_AT_ONCE,
      reverse: true,
    });
    if (entries.length === 0) throw new Error('An earlier version of a feedback entry is missing');
    for (const entry of entries) {
      if (enough?.(last) === true) break;
      if (stretches.shouldYield()) await stretches.yieldToEventLoop();
      last = versionBefore(last, entry.value);
      versions.push(last);
    }
  }
  return versions;
}

/** One version by its number; `undefined` if there is none. */
export async function feedbackVersion(
  reader: Reader,
  org: string,
  current: Feedback,
  version: number,
): Promise<Feedback | undefined> {
  if (version < 1 || version > current.version) return undefined;
  return (await versionsDown(reader, org, current, version)).at(-1);
}

/** The version that was the current one at `time` (epoch ms); `undefined` before the first. */
export async function findVersionAt(
  reader: Reader,
  org: string,
  current: Feedback,
  time: number,
): Promise<Feedback | undefined> {
  const versions = await versionsDown(reader, org, current, 1, (version) => version.updatedAt <= time);
  const found = versions.at(-1);
  return found !== undefined && found.updatedAt <= time ? found : undefined;
}

/** The newest of the versions before `current` that is wanted; `undefined` if none is. */
export async function findEarlierVersion(
  reader: Reader,
  org: string,
  current: Feedback,
  isWanted: (version: Feedback) => boolean,
): Promise<Feedback | undefined> {
  const isFound = (version: Feedback): boolean => version !== current && isWanted(version);
  const last = (await versionsDown(reader, org, current, 1, isFound)).at(-1);
  return last !== undefined && isFound(last) ? last : undefined;
}

/** One page of versions, newest first, from below version `before` on. */
export async function versionPage(
  reader: Reader,
  org: string,
  current: Feedback,
  limit: number,
  before: number | undefined,
): Promise<{ readonly versions: readonly Feedback[]; readonly hasNext: boolean }> {
  const top = Math.min(current.version, (before ?? Infinity) - 1);
  if (top < 1) return { versions: [], hasNext: false };
  const lowest = Math.max(1, top - limit + 1);
  const down = await versionsDown(reader, org, current, lowest);
  return { versions: down.filter((version) => version.version <= top), hasNext: lowest > 1 };
}

/**
 * The versions before `current`, newest first, in pieces, each read by itself. Ends early if the entry is erased
 * meanwhile.
 */
export async function* earlierVersions(
  store: Pick<Store, 'read'>,
  org: string,
  current: Feedback,
): AsyncGenerator<readonly Feedback[], void> {
  const stretches = startStretches();
  for (let last = current; last.version > 1;) {
    const below = last.version;
    const entries = await store.read((reader) =>
      reader.scan({
        gte: feedbackVersionPrefix(org, current.id),
        lt: feedbackVersionKey(org, current.id, below),
        limit: EXPORTED_AT_ONCE,
        reverse: true,
      }),
    );
    if (entries.length === 0) return;
    const versions = await mapYielding(entries, ({ value }) => (last = versionBefore(last, value)), stretches);
    yield versions;
  }
}

/** Versions of an entry that are in memory at once; each may be as long as a request. */
const EXPORTED_AT_ONCE = 20;

/** Further back than this, the versions in between are read as a range. */
const STEPS_BY_KEY = 10;

/** Entries as earlier versions had them, in their order. One read of the store where these are not far back. */
export async function findVersions(
  reader: Reader,
  org: string,
  wanted: readonly { readonly current: Feedback; readonly version: number }[],
): Promise<Feedback[]> {
  if (wanted.every(({ current, version }) => current.version === version)) return wanted.map(({ current }) => current);
  const keys = wanted.map(({ current, version }) => {
    const steps = current.version - version;
    if (steps < 0) throw new Error('A version of a feedback entry is wanted that it never had');
    if (steps > STEPS_BY_KEY) return undefined;
    return Array.from({ length: steps }, (_, step) => feedbackVersionKey(org, current.id, current.version - 1 - step));
  });
  const values = await reader.getMany(keys.flatMap((each) => each ?? []));
  const stretches = startStretches();
  const versions: Feedback[] = [];
  let next = 0;
  for (const [index, { current, version }] of wanted.entries()) {
    const steps = keys[index];
    if (steps === undefined) {
      versions.push((await versionsDown(reader, org, current, version)).at(-1) ?? current);
      continue;
    }
    let found = current;
    for (const value of values.slice(next, next + steps.length)) {
      if (value === undefined) throw new Error('An earlier version of a feedback entry is missing');
      if (stretches.shouldYield()) await stretches.yieldToEventLoop();
      found = versionBefore(found, value);
    }
    next += steps.length;
    versions.push(found);
  }
  return versions;
}
