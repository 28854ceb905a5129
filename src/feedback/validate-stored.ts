/** Validates stored entries: by plugins that run in the background, or again after a change of rules. */
import type { Actor } from '../audit/events.js';
import type { KeyedHash } from '../audit/keyed-hash.js';
import type { Feedback } from '../model/feedback.js';
import { omitNullish } from '../omit-nullish.js';
import type { ValidationServices } from '../services.js';
import type { Reader } from '../store/contract.js';
import type { Verdict } from '../validation/contract.js';
import { firstWithFingerprint, flagRepeated } from './fingerprints.js';
import { toPluginSubmission } from './plugin-host.js';
import { withDoubt } from './prepare-submission.js';
import { findFeedback } from './read.js';
import { isDoubt } from './rules.js';
import { updateFeedback, type Droppable, replaceFeedback } from './update.js';
import { digestOfJudged, JUDGED_FIELDS } from './votes.js';

/** The verdict of all plugins on an entry, compared with earlier entries. */
export async function validateStored(
  { store, keyedHash, validate, now }: ValidationServices,
  org: string,
  feedback: Feedback,
): Promise<Verdict> {
  const { organization: _organization, ...submission } = toPluginSubmission(org, feedback);
  const verdict = await validate(submission, org, { id: feedback.id, all: true });
  const compared = await store.read((reader) => comparedWithOthers(reader, keyedHash, org, feedback, verdict, now()));
  return withDoubt(compared, feedback.validationReasons.find(isDoubt));
}

/** The verdict, made worse if an earlier entry says the same. */
export async function comparedWithOthers(
  reader: Reader,
  keyedHash: KeyedHash,
  org: string,
  feedback: Feedback,
  verdict: Verdict,
  at: number,
): Promise<Verdict> {
  const firsts = await firstWithFingerprint(reader, keyedHash, org, [verdict], Math.min(at, feedback.createdAt));
  const earlier = [...firsts].filter(([, first]) => first < feedback.id);
  return flagRepeated(verdict, feedback.createdAt, new Map(earlier));
}

/**
 * Stores what the plugins said of an entry as its next version, unless it says so already or is another one by now: a
 * reviewer or an erasure goes before them.
 * @returns whether there is a new version
 */
export async function storeVerdict(
  { store, keyedHash, now }: Pick<ValidationServices, 'store' | 'keyedHash' | 'now'>,
  actor: Actor,
  validated: Feedback,
  verdict: Verdict,
): Promise<boolean> {
  return store.transact(async (transaction) => {
    const [current] = await findFeedback(transaction, actor.org, [validated.id]);
    if (current?.version !== validated.version || current.use !== 'unused') return false;
    if (!isChangedBy(current, verdict)) return false;
    const { findings, fingerprint } = verdict;
    // What is submitted is not changed by the plugins that run in the background.
    const isPending = current.validationStatus === 'pending';
    const drop: Droppable[] = ['review'];
    if (findings === undefined) drop.push('findings');
    if (fingerprint === undefined) drop.push('fingerprint');
    await updateFeedback(transaction, keyedHash, actor, current, {
      action: 'feedback.judge',
      at: now(),
      patch: {
        ...verdict.changes,
        ...(isPending && changesJudged(verdict) ? { votedOn: digestOfJudged(current) } : {}),
        validationStatus: verdict.status,
        validationReasons: verdict.reasons,
        ...omitNullish({ findings, fingerprint: fingerprint?.value }),
      },
      drop,
    });
    return true;
  });
}

/** Whether an entry says something else than the plugins say of it. */
export function isChangedBy(feedback: Feedback, { status, reasons, changes: texts = {} }: Verdict): boolean {
  return (
    feedback.validationStatus !== status ||
    JSON.stringify(feedback.validationReasons) !== JSON.stringify(reasons) ||
    Object.keys(texts).length > 0
  );
}

function changesJudged({ changes = {} }: Verdict): boolean {
  return JUDGED_FIELDS.some((field) => field in changes);
}

/** Gives a pending entry another turn; does nothing if it is another one by now, or somebody else's to validate. */
export async function postpone(
  { store, keyedHash }: Pick<ValidationServices, 'store' | 'keyedHash'>,
  org: string,
  validated: Feedback,
  judging: NonNullable<Feedback['judging']>,
): Promise<void> {
  await store.transact(async (transaction) => {
    const [current] = await findFeedback(transaction, org, [validated.id]);
    if (current?.version !== validated.version || current.validationStatus !== 'pending') return;
    if (current.judging?.claim !== validated.judging?.claim) return;
    await replaceFeedback(transaction, keyedHash, org, current, { ...current, judging });
  });
}
