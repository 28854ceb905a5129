/** How adapters do on the same questions, by what people said of their answers. */
import { lineageReader } from '../adapters/lineage-reader.js';
import { walkLineages } from '../adapters/lineage-walk.js';
import type { KeyedHash } from '../audit/keyed-hash.js';
import { type FilterPlan, planFilter, preferencesOf, verdictsOf } from '../feedback/index/filter.js';
import { indexCounterKey } from '../feedback/index/index-keys.js';
import { type PreferenceStats, preferenceStats, toPreferenceStats } from '../feedback/index/preference-stats.js';
import { feedbackPage } from '../feedback/list.js';
import { facetsMatching, type FeedbackType } from '../model/facets.js';
import type { Feedback } from '../model/feedback.js';
import { TIE } from '../model/preference.js';
import { promptKey } from '../model/prompt-key.js';
import type { Reader, Store } from '../store/contract.js';
import { mapYielding, startStretches, type Stretches } from '../yield-to-event-loop.js';

/** How many approved verdicts of each adapter are looked at, and how many preferences, newest first. */
export const EXAMINED_OF_EACH = 1_000;
export const MAX_COMPARED = 8;
/** The most adapters that the lineages of those that are compared may have together. */
const MAX_ANCESTORS = 10_000;

/** `disputed` where as many say so as the contrary. */
export type Correctness = 'right' | 'wrong' | 'disputed';

export interface Judgement {
  readonly adapterId: string;
  readonly verdict: Correctness;
  readonly positiveCount: number;
  readonly negativeCount: number;
  /** What was said last. */
  readonly newest: Feedback;
}

/** A descendant that is right where an ancestor was told that it is wrong, or the other way round. */
export interface Step {
  readonly ancestorId: string;
  readonly descendantId: string;
}

export interface ComparedQuestion {
  /** As it was asked last. */
  readonly question: string;
  /** In the order of the adapters that are compared; without those that nobody judged on it. */
  readonly judgements: readonly Judgement[];
  readonly fixed: readonly Step[];
  readonly broken: readonly Step[];
}

export interface ComparedAdapter {
  readonly adapterId: string;
  readonly examinedCount: number;
  /** Whether it has more approved entries than were looked at. */
  readonly truncated: boolean;
  /** On how many of the questions it is right, and so on. */
  readonly rightCount: number;
  readonly wrongCount: number;
  readonly disputedCount: number;
  /** Against whatever it was compared with. */
  readonly preferences: PreferenceStats;
}

/** Preferences between the answers of two adapters, as the first of them has won, lost or tied. */
export interface HeadToHead extends PreferenceStats {
  readonly adapterId: string;
  readonly opponentId: string;
}

export interface Comparison {
  readonly adapters: readonly ComparedAdapter[];
  /** Those that at least two of the adapters were judged on; where they differ first, then newest first. */
  readonly questions: readonly ComparedQuestion[];
  /** Of each two adapters that were compared with one another. */
  readonly headToHead: readonly HeadToHead[];
  readonly fixed: number;
  readonly broken: number;
}

/**
 * Compares adapters by their newest approved feedback: at most {@link EXAMINED_OF_EACH} verdicts and as many preferences of each.
 * @param adapterIds 2 to {@link MAX_COMPARED}, each once
 */
export async function compareAdapters(
  { read }: Pick<Store, 'read'>,
  org: string,
  adapterIds: readonly string[],
  keyedHash: KeyedHash,
): Promise<Comparison> {
  const plans = plansOf(org, adapterIds, keyedHash);
  const [verdicts, compared, steps, preferences] = await read((reader) =>
    Promise.all([
      // Neither crowds out the other.
      Promise.all(plans.map((plan) => feedbackPage(reader, verdictsOf(plan), NEWEST))),
      Promise.all(plans.map((plan) => feedbackPage(reader, preferencesOf(plan), NEWEST))),
      derivations(reader, org, adapterIds),
      preferenceStats(reader, org, adapterIds),
    ]),
  );
  const stretches = startStretches();
  const judgedByTwo = await judgedQuestions(adapterIds, verdicts, stretches);
  const found = await mapYielding(
    judgedByTwo,
    (judgements) => compareOnQuestion(adapterIds, judgements, steps),
    stretches,
  );
  found.sort((one, other) => one.rank - other.rank || (one.newestId < other.newestId ? 1 : -1));
  const questions = found.map(({ question }) => question);
  const counts = new Map(adapterIds.map((id) => [id, { right: 0, wrong: 0, disputed: 0 }]));
  for (const { judgements } of questions) {
    for (const { adapterId, verdict } of judgements) {
      const ofAdapter = counts.get(adapterId);
      if (ofAdapter !== undefined) ofAdapter[verdict] += 1;
    }
  }
  const entries = new Map(compared.flatMap(({ feedback }) => feedback.map((each) => [each.id, each])));
  return {
    headToHead: await headToHead(adapterIds, [...entries.values()], stretches),
    adapters: adapterIds.map((adapterId, index) => ({
      adapterId,
      examinedCount: (verdicts[index]?.feedback.length ?? 0) + (compared[index]?.feedback.length ?? 0),
      truncated: verdicts[index]?.hasNext === true || compared[index]?.hasNext === true,
      rightCount: counts.get(adapterId)?.right ?? 0,
      wrongCount: counts.get(adapterId)?.wrong ?? 0,
      disputedCount: counts.get(adapterId)?.disputed ?? 0,
      preferences: preferences[index] ?? toPreferenceStats({ won: 0, lost: 0, tied: 0 }),
    })),
    questions,
    fixed: questions.filter(({ fixed }) => fixed.length > 0).length,
    broken: questions.filter(({ broken }) => broken.length > 0).length,
  };
}

const NEWEST = { limit: EXAMINED_OF_EACH, descending: true } as const;

function plansOf(org: string, adapterIds: readonly string[], keyedHash: KeyedHash): FilterPlan[] {
  return adapterIds.map((adapterId) =>
    planFilter(org, { adapterIds: [adapterId], validationStatus: 'approved' }, keyedHash),
  );
}

export interface CommonVerdicts {
  /** Of each question that at least two of the adapters were judged on, by adapter. */
  readonly questions: readonly ReadonlyMap<string, Judgement>[];
  /** Whether an adapter has more verdicts than were looked at. */
  readonly isTruncated: boolean;
}

/** The verdicts of {@link compareAdapters} alone, whatever the lineages of the adapters are. */
export async function commonVerdicts(
  { read }: Pick<Store, 'read'>,
  org: string,
  adapterIds: readonly string[],
  keyedHash: KeyedHash,
): Promise<CommonVerdicts> {
  const plans = plansOf(org, adapterIds, keyedHash);
  const pages = await read(async (reader) => {
    reader.planReads?.(await keysOf(reader, org, adapterIds, [VERDICTS]));
    return Promise.all(plans.map((plan) => feedbackPage(reader, verdictsOf(plan), NEWEST)));
  });
  const questions = await judgedQuestions(adapterIds, pages, startStretches());
  return { questions, isTruncated: pages.some(({ hasNext }) => hasNext) };
}

/** @param pages the verdicts of each adapter, newest first */
async function judgedQuestions(
  adapterIds: readonly string[],
  pages: readonly { readonly feedback: readonly Feedback[] }[],
  stretches: Stretches,
): Promise<ReadonlyMap<string, Judgement>[]> {
  const asked = new Map<string, Map<string, Judgement>>();
  for (const [index, { feedback }] of pages.entries()) {
    const adapterId = adapterIds[index] ?? '';
    for (const each of feedback) {
      const key = promptKey(each);
      const judgements = asked.get(key) ?? new Map<string, Judgement>();
      asked.set(key, judgements);
      judgements.set(adapterId, judged(adapterId, judgements.get(adapterId), each));
      if (stretches.shouldYield()) await stretches.yieldToEventLoop();
    }
  }
  return [...asked.values()].filter(({ size }) => size > 1);
}

const approvedFacets = (type: FeedbackType): string[] => facetsMatching({ type, validationStatus: 'approved' });
const VERDICTS = [...approvedFacets('positive'), ...approvedFacets('negative')];
const PREFERENCES = approvedFacets('preference');

/** About how many keys {@link compareAdapters} reads: an index entry and a record for each entry. One look at counters. */
export function comparedKeys(reader: Reader, org: string, adapterIds: readonly string[]): Promise<number> {
  return keysOf(reader, org, adapterIds, [VERDICTS, PREFERENCES]);
}

/** @param pages the facets of the entries that are read together, as many as are looked at of each adapter */
async function keysOf(
  reader: Reader,
  org: string,
  adapterIds: readonly string[],
  pages: readonly (readonly string[])[],
): Promise<number> {
  const facets = pages.flat();
  const counts = await reader.peek(
    adapterIds.flatMap((adapter) => facets.map((each) => indexCounterKey(org, { kind: 'adapter', adapter }, each))),
  );
  let keys = 0;
  let at = 0;
  for (const page of adapterIds.flatMap(() => pages)) {
    const approved = counts.slice(at, at + page.length).reduce((total, count) => total + count, 0);
    keys += 2 * Math.min(EXAMINED_OF_EACH, approved);
    at += page.length;
  }
  return keys;
}

/** @param entries each once */
async function headToHead(
  adapterIds: readonly string[],
  entries: readonly Feedback[],
  stretches: Stretches,
): Promise<HeadToHead[]> {
  const counts = new Map<string, { won: number; lost: number; tied: number }>();
  const pairOf = (adapterId: string, opponentId: string): string => JSON.stringify([adapterId, opponentId]);
  for (const { candidates = [], preferred } of entries) {
    if (preferred === undefined) continue;
    if (stretches.shouldYield()) await stretches.yieldToEventLoop();
    const best = preferred === TIE ? undefined : candidates[preferred]?.adapterId;
    const met = adapterIds.filter((id) => candidates.some(({ adapterId }) => adapterId === id));
    for (const adapterId of met) {
      for (const opponentId of met) {
        const outcome =
          preferred === TIE ? 'tied' : best === adapterId ? 'won' : best === opponentId ? 'lost' : undefined;
        if (adapterId === opponentId || outcome === undefined) continue;
        const key = pairOf(adapterId, opponentId);
        const ofPair = counts.get(key) ?? { won: 0, lost: 0, tied: 0 };
        ofPair[outcome] += 1;
        counts.set(key, ofPair);
      }
    }
  }
  return adapterIds.flatMap((adapterId) =>
    adapterIds.flatMap((opponentId) => {
      const ofPair = counts.get(pairOf(adapterId, opponentId));
      return ofPair === undefined ? [] : [{ adapterId, opponentId, ...toPreferenceStats(ofPair) }];
    }),
  );
}

/** Entries come newest first, so the first one of an adapter is what was said last. */
function judged(adapterId: string, before: Judgement | undefined, feedback: Feedback): Judgement {
  const positiveCount = (before?.positiveCount ?? 0) + (feedback.type === 'positive' ? 1 : 0);
  const negativeCount = (before?.negativeCount ?? 0) + (feedback.type === 'negative' ? 1 : 0);
  const verdict = positiveCount === negativeCount ? 'disputed' : positiveCount > negativeCount ? 'right' : 'wrong';
  return { adapterId, verdict, positiveCount, negativeCount, newest: before?.newest ?? feedback };
}

/** A question with what its place in the answer depends on. */
interface Ranked {
  readonly question: ComparedQuestion;
  /** Where the adapters differ comes first. */
  readonly rank: 0 | 1;
  readonly newestId: string;
}

function compareOnQuestion(
  adapterIds: readonly string[],
  byAdapter: ReadonlyMap<string, Judgement>,
  derived: readonly Step[],
): Ranked {
  const judgements = adapterIds.map((id) => byAdapter.get(id)).filter((each) => each !== undefined);
  const newest = judgements.reduce((one, other) => (other.newest.id > one.newest.id ? other : one)).newest;
  const stepsFrom = (before: Correctness, after: Correctness): Step[] =>
    derived.filter(
      ({ ancestorId, descendantId }) =>
        byAdapter.get(ancestorId)?.verdict === before && byAdapter.get(descendantId)?.verdict === after,
    );
  return {
    question: {
      question: newest.question,
      judgements,
      fixed: stepsFrom('wrong', 'right'),
      broken: stepsFrom('right', 'wrong'),
    },
    rank: new Set(judgements.map(({ verdict }) => verdict)).size > 1 ? 0 : 1,
    newestId: newest.id,
  };
}

/** Which of the adapters come from which others of them, directly or not. */
async function derivations(reader: Reader, org: string, adapterIds: readonly string[]): Promise<Step[]> {
  const walks = await walkLineages(
    lineageReader(reader, org),
    adapterIds.map((adapterId) => ({ adapterId, direction: 'ancestors' })),
    { most: MAX_ANCESTORS, limit: MAX_ANCESTORS },
  );
  const among = new Set(adapterIds);
  return walks.flatMap(({ adapters }, index) =>
    adapters
      .filter(({ id }) => among.has(id))
      .map(({ id }) => ({ ancestorId: id, descendantId: adapterIds[index] ?? '' })),
  );
}
