/** Entries that say the same, by what validation plugins take for the same. */
import type { KeyedHash } from '../audit/keyed-hash.js';
import { feedbackIdTime } from '../model/ids.js';
import type { Reader } from '../store/contract.js';
import { type Fingerprint, type Verdict, worseStatus } from '../validation/contract.js';
import { planFilter } from './index/filter.js';
import { selectedIds } from './index/selected-ids.js';

/** Fingerprints that are looked for at a stretch. */
const LOOKED_UP_AT_ONCE = 16;

/** The first entry of each fingerprint that is not too old to count, read by the commit that it is for. */
export async function firstWithFingerprint(
  reader: Reader,
  keyedHash: KeyedHash,
  org: string,
  verdicts: readonly Verdict[],
  at: number,
): Promise<Map<string, string>> {
  const wanted = new Map<string, Fingerprint>();
  for (const { fingerprint } of verdicts) if (fingerprint !== undefined) wanted.set(fingerprint.value, fingerprint);
  const find = async ({ value, window }: Fingerprint): Promise<[string, string][]> => {
    const plan = planFilter(org, { since: at - window }, keyedHash);
    const narrowed = { ...plan, indexes: [{ kind: 'fingerprint', value }] as const };
    const [first] = await (await selectedIds(reader, narrowed, false))(plan.bounds, 1);
    return first === undefined ? [] : [[value, first]];
  };
  // Each is some reads of its own, and what these resolve to comes together.
  const looked = [...wanted.values()];
  const found: [string, string][] = [];
  for (let from = 0; from < looked.length; from += LOOKED_UP_AT_ONCE) {
    found.push(...(await Promise.all(looked.slice(from, from + LOOKED_UP_AT_ONCE).map(find))).flat());
  }
  return new Map(found);
}

/** The verdict, made worse where an entry within the window says the same already. */
export function flagRepeated(verdict: Verdict, createdAt: number, firsts: ReadonlyMap<string, string>): Verdict {
  const { fingerprint } = verdict;
  const first = fingerprint === undefined ? undefined : firsts.get(fingerprint.value);
  if (fingerprint === undefined || first === undefined) return verdict;
  if (Math.abs(createdAt - feedbackIdTime(first)) > fingerprint.window) return verdict;
  // One that says the very same needs no second reason for being alike.
  const reasons = verdict.reasons.filter((reason) => !reason.endsWith(first));
  return {
    ...verdict,
    status: worseStatus(verdict.status, 'flagged'),
    reasons: [...reasons, `It says the same as ${first}`],
  };
}
