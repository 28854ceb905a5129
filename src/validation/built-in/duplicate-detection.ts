import { LRUCache } from 'lru-cache';
import { type Static, Type } from 'typebox';
import { contextKey } from '../../model/prompt-key.js';
import type { Submission } from '../../model/submission.js';
import { startStretches, type Stretches } from '../../yield-to-event-loop.js';
import type { PluginHost, PluginSubmission, StoredSubmission, ValidationPlugin } from '../contract.js';
import { jaccard, NearDuplicateIndex, textBands, wordShingles } from './near-duplicates.js';

const Config = Type.Object(
  {
    window_hours: Type.Number({ exclusiveMinimum: 0, maximum: 24 * 366, default: 24 }),
    near_duplicates: Type.Enum(['any_user', 'same_user', 'off'], { type: 'string', default: 'any_user' }),
    near_threshold: Type.Number({ minimum: 0.5, maximum: 1, default: 0.9 }),
    near_entries: Type.Integer({ minimum: 1, maximum: 1_000, default: 1_000 }),
    near_adapters: Type.Integer({ minimum: 1, maximum: 1_000, default: 64 }),
  },
  { additionalProperties: false },
);

const HOUR = 60 * 60 * 1000;
/** Entries whose texts are compared with one submission at most. */
const COMPARED = 10;
/** Ids of entries of this server that are not read again when the change feed tells of them, about a second later. */
const HEARD_OF = 10_000;
/** Entries that are read at once; each may be as long as a request. */
const READ_AT_ONCE = 32;

/**
 * Flags what the same user has said of the same answer within a window, and what is nearly the same as one of the newest
 * entries of its adapter, with the id of the first.
 */
export function duplicateDetection(): ValidationPlugin {
  let config: Static<typeof Config>;
  let host: PluginHost;
  let indexes: LRUCache<string, AdapterIndex>;
  /** Ends following what other servers store, by organization; as long as it has an index. */
  const followed = new Map<string, Promise<() => void>>();
  /** Ids that `onStored` has heard of, which need not be read again. */
  const heardOf = new LRUCache<string, true>({ max: HEARD_OF });

  /** Of an adapter's newest entries, read when it is first met. */
  const indexOf = (organization: string, adapterId: string): Promise<NearDuplicateIndex> => {
    const key = indexKey(organization, adapterId);
    const known = indexes.get(key);
    if (known !== undefined) return known.entries;
    // Followed first, so that nothing is stored in between.
    const entries = follow(organization).then(() => readIndex(host, organization, adapterId, config.near_entries));
    indexes.set(key, { organization, entries });
    unfollowOthers();
    // Read again for the next one.
    entries.catch(() => indexes.delete(key));
    return entries;
  };

  /** Adds an entry to the index of its adapter. One that was not met yet is read when it is, with this entry in it. */
  const add = async (id: string, submission: Submission, organization: string): Promise<void> => {
    const { adapterId } = submission;
    if (adapterId === undefined || config.near_duplicates === 'off') return;
    const index = await indexes.get(indexKey(organization, adapterId))?.entries.catch(() => undefined);
    if (index === undefined) return;
    // All entries of a batch come at once.
    const stretches = startStretches();
    if (stretches.shouldYield()) await stretches.yieldToEventLoop();
    index.add(id, textBands(wordShingles(textOf(submission))));
  };

  const follow = async (organization: string): Promise<void> => {
    if (host.followStored === undefined) return;
    let mine = followed.get(organization);
    if (mine === undefined) {
      const begun = host.followStored(organization, {
        isKnown: (id) => heardOf.has(id),
        onStored: ({ id, ...submission }) => add(id, submission, organization),
        onEnd: () => {
          if (followed.get(organization) !== begun) return;
          // What is stored from here on would be missing.
          followed.delete(organization);
          for (const [key, index] of indexes) if (index.organization === organization) indexes.delete(key);
        },
      });
      mine = begun;
      followed.set(organization, begun);
      begun.catch(() => followed.delete(organization));
    }
    await mine;
  };

  const unfollowOthers = (): void => {
    const wanted = new Set([...indexes.values()].map(({ organization }) => organization));
    for (const [organization, end] of followed) {
      if (wanted.has(organization)) continue;
      followed.delete(organization);
      end.then(
        (unfollow) => unfollow(),
        () => undefined,
      );
    }
  };

  return {
    name: 'duplicate_detection',
    version: '1.0.0',
    description: 'Flags duplicates and near duplicates, naming the id of the first entry.',
    configSchema: Config,
    initialize: (checked, given) => {
      config = checked as Static<typeof Config>;
      host = given;
      indexes = new LRUCache({ max: config.near_adapters });
    },
    validate: async (submission) => {
      const { organization, adapterId } = submission;
      const fingerprint = {
        value: await host.hash(organization, sameness(submission)),
        window: config.window_hours * HOUR,
      };
      if (adapterId === undefined || config.near_duplicates === 'off') return { verdict: 'accept', fingerprint };
      const stretches = startStretches();
      if (stretches.shouldYield()) await stretches.yieldToEventLoop();
      const shingles = wordShingles(textOf(submission));
      const index = await indexOf(organization, adapterId);
      const candidates = index.candidates(textBands(shingles), COMPARED);
      const stored = candidates.length === 0 ? [] : await host.lookup.find(organization, candidates);
      const compared = stored
        // An entry that is validated again repeats neither itself nor what came later.
        .filter(({ id }) => submission.id === undefined || id < submission.id)
        .filter(({ userId }) => config.near_duplicates === 'any_user' || userId === submission.userId)
        .sort((a, b) => (a.id < b.id ? -1 : 1));
      const first = await firstAlike(submission, shingles, compared, config.near_threshold, stretches);
      if (first === undefined) return { verdict: 'accept', fingerprint };
      return {
        verdict: 'flag',
        reasons: [`It is nearly the same as ${first.id}`],
        confidence: first.similarity,
        data: { duplicateOf: first.id },
        fingerprint,
      };
    },
    onStored: async (id, submission) => {
      if (host.followStored !== undefined) heardOf.set(id, true);
      await add(id, submission, submission.organization);
    },
    statistics: async () => {
      const read = await Promise.allSettled([...indexes.values()].map(({ entries }) => entries));
      const sizes = read.map((each) => (each.status === 'fulfilled' ? each.value.size : 0));
      return { adapters: sizes.length, entries: sizes.reduce((sum, size) => sum + size, 0) };
    },
    shutdown: () => {
      indexes.clear();
      unfollowOthers();
    },
  };
}

interface AdapterIndex {
  readonly organization: string;
  readonly entries: Promise<NearDuplicateIndex>;
}

function indexKey(organization: string, adapterId: string): string {
  return JSON.stringify([organization, adapterId]);
}

/** The first of stored entries that is as alike as `threshold` to a submission, with its similarity. */
async function firstAlike(
  submission: PluginSubmission,
  shingles: ReadonlySet<number>,
  stored: readonly StoredSubmission[],
  threshold: number,
  stretches: Stretches,
): Promise<{ readonly id: string; readonly similarity: number } | undefined> {
  const context = contextKey(submission);
  for (const each of stored) {
    if (stretches.shouldYield()) await stretches.yieldToEventLoop();
    if (contextKey(each) !== context) continue;
    const similarity = jaccard(shingles, wordShingles(textOf(each)));
    if (similarity >= threshold) return { id: each.id, similarity };
  }
  return undefined;
}

/** What makes two submissions the same: of a conversation, its turns as well. */
function sameness(submission: PluginSubmission): string {
  const { type, question, userId } = submission;
  const context = contextKey(submission);
  const said = ['duplicate', type, question.trim(), answersOf(submission), userId ?? null];
  return JSON.stringify(context === '' ? said : [...said, context]);
}

/** The answer, or those of a preference, whichever is preferred. */
function answersOf({ answer, candidates }: Submission): string | readonly string[] {
  return candidates === undefined ? answer.trim() : candidates.map((each) => each.answer.trim()).sort();
}

/** A thumb up is no near-duplicate of a thumb down, nor one comment of another. */
function textOf(submission: Submission): string {
  const { type, question, correction = '', comment = '' } = submission;
  return [type, question, answersOf(submission), correction, comment].flat().join('\n');
}

async function readIndex(
  { lookup }: PluginHost,
  organization: string,
  adapterId: string,
  most: number,
): Promise<NearDuplicateIndex> {
  const stretches = startStretches();
  const newest: { readonly id: string; readonly bands: readonly number[] }[] = [];
  while (newest.length < most) {
    const limit = Math.min(READ_AT_ONCE, most - newest.length);
    const entries = await lookup.ofAdapter(organization, adapterId, limit, newest.at(-1)?.id);
    for (const entry of entries) {
      if (stretches.shouldYield()) await stretches.yieldToEventLoop();
      newest.push({ id: entry.id, bands: textBands(wordShingles(textOf(entry))) });
    }
    if (entries.length < limit) break;
  }
  const index = new NearDuplicateIndex(most);
  for (const { id, bands } of newest.reverse()) index.add(id, bands);
  return index;
}
