/** The submitter's revised judgement of an entry: reversed, amended, or withdrawn. */
import type { Actor } from '../audit/events.js';
import { type Idempotency, runIdempotent } from '../audit/idempotency.js';
import { ApiError, InvalidInputError } from '../errors.js';
import { StaleVersionError } from '../errors.js';
import { type Field, type FieldsWith, listFields, tableWith } from '../model/feedback-fields.js';
import type { Feedback } from '../model/feedback.js';
import type { EntryLimits } from '../model/input.js';
import { isPreference, preferredTexts } from '../model/preference.js';
import {
  checkSubmission,
  collectFields,
  completeSubmission,
  pickSubmission,
  type Submission,
} from '../model/submission.js';
import { omitNullish } from '../omit-nullish.js';
import type { ValidationServices } from '../services.js';
import type { Transaction } from '../store/contract.js';
import { withDoubt } from './prepare-submission.js';
import { expectVersion, getFeedback } from './read.js';
import { refuseHeld } from './refusal.js';
import { checkAgainstRules, isDoubt, NO_RULES, readRules } from './rules.js';
import { type ClearableField, type Droppable, updateFeedback, withoutFields } from './update.js';
import { comparedWithOthers } from './validate-stored.js';
import { markRevised } from './votes.js';

/** At least one of these; absent fields stay unchanged. Null or a blank text clears a field that may be absent. */
export type Revision = {
  readonly [Name in FieldsWith<'revisable'>]?: Submission[Name] | (Name extends ClearableField ? null : never);
} & {
  /** Whether it is taken back; `false` brings it back. */
  readonly withdrawn?: boolean;
};

const REVISABLE_FIELDS = listFields(tableWith('revisable'));
const REVISABLE = REVISABLE_FIELDS.map(({ name }) => `'${name}'`).join(', ');
const WITHDRAWN = 'Withdrawn by who submitted it';
/** How often a revision is validated again because the entry was changed meanwhile. */
const MAX_TRIES = 5;

/**
 * Changes an entry that training does not have on behalf of who submitted it: it is validated as if it were new, also where
 * a reviewer had decided, and becomes the next version.
 * @throws {InvalidInputError}; {@link ApiError} NOT_FOUND, GONE; FORBIDDEN for anybody else; CONFLICT if training has it,
 *   or another version is expected
 */
export async function reviseFeedback(
  services: ValidationServices,
  actor: Actor,
  id: string,
  revision: Revision,
  { expectedVersion, idempotency }: { readonly expectedVersion?: number; readonly idempotency?: Idempotency } = {},
): Promise<void> {
  if (Object.keys(revision).length === 0) {
    throw new InvalidInputError([
      { field: 'revision', problem: `must have at least one of ${REVISABLE} or 'withdrawn'` },
    ]);
  }
  for (let tries = 1; ; tries += 1) {
    try {
      await reviseOnce(services, actor, id, revision, expectedVersion, idempotency);
      return;
    } catch (error) {
      // Changed while it was validated: validated again as it is now, unless the client has a version in mind.
      const again = error instanceof StaleVersionError && expectedVersion === undefined && tries < MAX_TRIES;
      if (!again) throw error;
    }
  }
}

async function reviseOnce(
  { store, keyedHash, validate, now, pending, judged, entryLimits }: ValidationServices,
  actor: Actor,
  id: string,
  { withdrawn, ...revised }: Revision,
  expectedVersion: number | undefined,
  idempotency: Idempotency | undefined,
): Promise<void> {
  const { org } = actor;
  const { given, cleared } = readRevision(revised);
  const { before, rules } = await store.read(async (reader) => {
    const found = await getFeedback(reader, org, id);
    expectOwn(found, actor);
    const depends = given.scores !== undefined || given.tags !== undefined;
    return { before: found, rules: depends ? await readRules(reader, org) : NO_RULES };
  });
  checkAgainstRules(rules, given);
  const asked = applyRevision(before, given, cleared, entryLimits);
  const staysWithdrawn = withdrawn ?? before.withdrawn !== undefined;
  const validated = await validate(pickSubmission(asked), org, { id, all: false });

  let written: Feedback | undefined;
  const revise = async (transaction: Transaction): Promise<boolean> => {
    const at = now();
    const current = await getFeedback(transaction, org, id);
    expectVersion(current, expectedVersion);
    refuseHeld(current);
    expectVersion(current, before.version);
    const doubt = given.type === undefined ? current.validationReasons.find(isDoubt) : undefined;
    const verdict = withDoubt(await comparedWithOthers(transaction, keyedHash, org, asked, validated, at), doubt);
    const { findings, fingerprint, changes } = verdict;
    const isPending = !staysWithdrawn && verdict.unfinished === true && verdict.status !== 'rejected';
    const drop: Droppable[] = ['review', 'reviewClaim', ...cleared];
    if (findings === undefined) drop.push('findings');
    if (fingerprint === undefined) drop.push('fingerprint');
    if (!staysWithdrawn) drop.push('withdrawn');
    written = await updateFeedback(transaction, keyedHash, actor, current, {
      action: 'feedback.revise',
      at,
      patch: {
        ...given,
        ...preferredTexts(asked),
        ...changes,
        saidAt: at,
        ...(current.said === undefined ? {} : { said: markRevised(current.said) }),
        validationStatus: staysWithdrawn ? 'rejected' : isPending ? 'pending' : verdict.status,
        validationReasons: staysWithdrawn ? [WITHDRAWN] : verdict.reasons,
        ...omitNullish({ findings, fingerprint: fingerprint?.value }),
        ...(isPending ? { judging: { failures: 0, due: at } } : {}),
        ...(staysWithdrawn ? { withdrawn: 'uncounted' } : {}),
      },
      drop,
    });
    return isPending;
  };
  const isPending = await store.transact((transaction) => {
    written = undefined;
    return runIdempotent(transaction, idempotency, () => revise(transaction));
  });
  if (isPending) pending?.(org);
  // A request that comes again has written nothing, and what is withdrawn is nobody's judgement any more.
  if (written !== undefined && !staysWithdrawn) judged?.(org, [written]);
}

/**
 * An entry as it is to be. Of a preference the answer is the one that is preferred now.
 * @throws {InvalidInputError}
 */
function applyRevision(
  before: Feedback,
  given: Partial<Submission>,
  cleared: readonly ClearableField[],
  limits: EntryLimits | undefined,
): Feedback {
  // To take an entry back, or to bring it back, says nothing new of it.
  if (Object.keys(given).length === 0 && cleared.length === 0) return before;
  const revised = withoutFields({ ...before, ...given }, cleared);
  if (!isPreference(revised)) {
    checkSubmission(pickSubmission(revised), limits);
    return revised;
  }
  const asked = { ...revised, ...preferredTexts(revised) };
  completeSubmission(pickSubmission(asked), limits, 'any');
  return asked;
}

/** What a revision sets, and what it clears. */
function readRevision(revised: Omit<Revision, 'withdrawn'>): {
  readonly given: Partial<Submission>;
  readonly cleared: readonly ClearableField[];
} {
  const isCleared = ({ name, required }: Field): boolean => {
    const value: unknown = revised[name as FieldsWith<'revisable'>];
    return required !== true && (value === null || (typeof value === 'string' && value.trim() === ''));
  };
  const cleared = REVISABLE_FIELDS.filter(isCleared).map(({ name }) => name as ClearableField);
  const given = collectFields(
    REVISABLE_FIELDS.filter((field) => !isCleared(field)),
    ({ name }) => revised[name as FieldsWith<'revisable'>],
  );
  return { given, cleared };
}

function expectOwn({ submittedBy }: Feedback, { sub }: Actor): void {
  if (submittedBy !== sub) throw new ApiError('FORBIDDEN', 'Only the submitter of a feedback entry can change it');
}
