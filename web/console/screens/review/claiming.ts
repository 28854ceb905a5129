/** Which entries a sitting asks for: to begin with, those that have a draft and the one of the address; then the oldest. */
import type { Outcome } from '../../api/problem.js';
import { EMPTY_DRAFT, isWorthKeeping } from './drafts.js';
import type { Entry } from './queue.js';
import type { Claimed, ReviewServer, SittingOptions } from './sitting.js';

/** Claims in a row that find nothing, each as far as the server looks for one. */
const MAX_ROUNDS = 20;

/**
 * The oldest entries that match. Those that the reviewer has skipped go back at once unless they are wanted: others may
 * want them.
 */
export async function claimNext(
  server: ReviewServer,
  count: number,
  takesSkipped: boolean,
): Promise<Outcome<Pick<Claimed, 'entries' | 'hasMore' | 'areSkipped'>>> {
  let after: string | null = null;
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const answer = await server.claim({ count, ...(after !== null && { after }) });
    if (!answer.ok) return answer;
    const { entries, hasMore, endCursor, areSkipped } = answer.data;
    if (areSkipped && !takesSkipped) {
      await server.release(entries.map(({ id }) => id));
      return { ok: true, data: { entries: [], hasMore: false, areSkipped } };
    }
    if (entries.length > 0 || !hasMore || endCursor === null) return answer;
    after = endCursor;
  }
  return { ok: true, data: { entries: [], hasMore: false, areSkipped: false } };
}

/**
 * Those of some entries that the reviewer holds already, as after a crash, or can claim.
 * @param wanted the one that the address names, whatever the filter is
 * @param isAlone whether what else the reviewer holds is nobody's any more: it goes back
 */
export async function claimNamed(
  server: ReviewServer,
  ids: readonly string[],
  wanted: string | undefined,
  isAlone: boolean,
): Promise<Outcome<readonly Entry[]>> {
  const held = await server.held();
  if (!held.ok) return held;
  const got = held.data.filter(({ id }) => ids.includes(id));
  const left = held.data.filter(({ id }) => !ids.includes(id));
  if (isAlone) await server.release(left.map(({ id }) => id));
  if (got.length > 0) {
    const renewed = await server.renew();
    if (!renewed.ok) return renewed;
  }
  for (const isUnfiltered of [true, false]) {
    const named = ids.filter((id) => isUnfiltered === (id === wanted) && !got.some((entry) => entry.id === id));
    if (named.length === 0) continue;
    const claimed = await server.claim({ count: named.length, ids: named, isUnfiltered });
    if (!claimed.ok) return claimed;
    got.push(...claimed.data.entries);
  }
  return { ok: true, data: got };
}

/** Those of some entries that others have decided or claimed, while there is a draft of this reviewer or a link to them. */
export async function findLost(
  { server, drafts }: Pick<SittingOptions, 'server' | 'drafts'>,
  ids: readonly string[],
  wanted: string | undefined,
): Promise<readonly Entry[]> {
  const lost: Entry[] = [];
  for (const id of ids) {
    const answer = await server.load(id);
    const entry = answer.ok ? answer.data : undefined;
    if (entry === null) drafts.remove(id);
    if (entry === undefined || entry === null) continue;
    const isFree = entry.validationStatus === 'FLAGGED' && server.mayDecide(entry);
    const hasDraft = isWorthKeeping(drafts.read(id) ?? EMPTY_DRAFT, entry);
    if (id === wanted || (hasDraft && !isFree)) lost.push(entry);
  }
  return lost;
}
