import { randomUUID } from 'node:crypto';
import type { Actor } from '../audit/events.js';
import { ApiError, UnavailableError } from '../errors.js';
import { externalIdKeys } from '../feedback/external-ids.js';
import { linkFeedback } from '../feedback/link-feedback.js';
import { decodeLink } from '../feedback/links.js';
import { findFeedback } from '../feedback/read.js';
import { submitBatch } from '../feedback/submit.js';
import type { ValidationStatus } from '../model/facets.js';
import type { Feedback } from '../model/feedback.js';
import { feedbackIdTime, newFeedbackId } from '../model/ids.js';
import { omitNullish } from '../omit-nullish.js';
import type { ValidationServices } from '../services.js';
import { edgeOutKey, erasedFeedbackKey } from '../store/layout.js';
import { decodeRecord } from '../store/record.js';
import { markUsedForTraining } from '../training/mark-used.js';
import type { Validate, Verdict } from '../validation/contract.js';
import type { FileRecord } from './import/records.js';
import { formatReason, type ImportedLink, type ImportRow } from './import-row.js';
import type { ImportTarget, NumberedRow, RowOutcome } from './import.js';

/** A row on its way into the store. */
interface Entering {
  readonly record: FileRecord;
  readonly row: ImportRow;
  fate: RowOutcome['fate'];
  /** Of an entry that is new. */
  status?: ValidationStatus;
  feedback?: Feedback;
  readonly problems: string[];
}

/** Who an import acts as, for audit. */
const ACTOR = 'import';
const DEFAULT_ORGANIZATION = 'default';

export interface StoreTargetOptions {
  /** Where everything goes; without it, where each row says, or else to `default`. */
  readonly organization?: string | undefined;
  /** Whether rows keep the validation status and the use that they have, instead of being validated as if submitted now. */
  readonly keepStatus: boolean;
}

/** Imports into a store that nobody else writes meanwhile. */
export function createStoreTarget(services: ValidationServices, options: StoreTargetOptions): ImportTarget {
  const requestId = `import-${randomUUID()}`;
  return {
    take: async (rows) => {
      const byOrganization = new Map<string, NumberedRow[]>();
      for (const each of rows) {
        const org = options.organization ?? each.row.organization ?? DEFAULT_ORGANIZATION;
        const own = byOrganization.get(org) ?? [];
        byOrganization.set(org, own);
        own.push(each);
      }
      const outcomes: RowOutcome[] = [];
      for (const [org, own] of byOrganization) {
        outcomes.push(...(await storeRows(services, { sub: ACTOR, org, requestId }, own, options)));
      }
      return outcomes;
    },
  };
}

/**
 * Stores rows of one organization, at most as many as one batch may have: what is new by one commit, then the links and
 * the use of all of them, as far as they are not there yet. Nobody else may write the store meanwhile.
 */
async function storeRows(
  services: ValidationServices,
  actor: Actor,
  rows: readonly NumberedRow[],
  { keepStatus }: StoreTargetOptions,
): Promise<RowOutcome[]> {
  const entering = await recognize(services, actor, rows);
  await submitRows(
    services,
    actor,
    entering.filter(({ fate }) => fate === 'created'),
    keepStatus,
  );
  await Promise.all(entering.map((each) => linkRow(services, actor, each)));
  if (keepStatus) await markRows(services, actor, entering);
  return entering;
}

/** Tells what is new from what is in the store already, by external id or id, and from what was erased. */
async function recognize(
  { store, keyedHash }: ValidationServices,
  { org, sub }: Actor,
  rows: readonly NumberedRow[],
): Promise<Entering[]> {
  const { ids, found, tombstones, pointerOf } = await store.read(async (reader) => {
    const named = rows.filter(({ row }) => row.submission.externalId !== undefined);
    const pointers = await reader.getMany(
      named.flatMap(({ row: { submission } }) =>
        externalIdKeys(keyedHash, org, { externalId: submission.externalId ?? '', submittedBy: sub }),
      ),
    );
    const pointerOf = new Map(named.map(({ row }, index) => [row, pointers[2 * index] ?? pointers[2 * index + 1]]));
    const ids = rows.map(({ row }) => {
      const pointer = pointerOf.get(row);
      return pointer === undefined ? (row.id ?? '') : (decodeRecord(pointer) as { feedbackId: string }).feedbackId;
    });
    const found = await findFeedback(reader, org, ids);
    const tombstones = await reader.getMany(ids.map((id) => erasedFeedbackKey(org, id)));
    return { ids, found, tombstones, pointerOf };
  });

  const seen = new Set<string>();
  return rows.map(({ record, row }, index): Entering => {
    const { externalId } = row.submission;
    const feedback = found[index];
    const id = ids[index] ?? '';
    // The same row may stand twice in a file, too. What is known by an external id may say something else by now.
    const isNamed = pointerOf.get(row) !== undefined;
    const isRepeated = externalId === undefined && id !== '' && seen.has(id);
    const isKnown = (feedback !== undefined && !isNamed) || isRepeated;
    seen.add(id);
    const fate = tombstones[index] !== undefined ? 'erased' : isKnown ? 'unchanged' : 'created';
    return { record, row, fate, problems: [], ...omitNullish({ feedback }) };
  });
}

async function submitRows(
  services: ValidationServices,
  actor: Actor,
  entering: readonly Entering[],
  keepStatus: boolean,
): Promise<void> {
  if (entering.length === 0) return;
  const rowOf = new Map<object, ImportRow>(entering.map(({ row }) => [row.submission, row]));
  const validate: Validate = async (submission, organization, stored) =>
    (keepStatus ? keptVerdict(rowOf.get(submission)) : undefined) ??
    services.validate(submission, organization, stored);
  const outcomes = await submitBatch(
    {
      ...services,
      validate,
      newId: (submission, now) => {
        const row = rowOf.get(submission);
        const id = row?.id ?? newFeedbackId(actor.org, now);
        return { id, createdAt: row?.createdAt ?? feedbackIdTime(id) };
      },
    },
    actor,
    entering.map(({ row }) => row.submission),
  );
  entering.forEach((each, index) => {
    const outcome = outcomes[index];
    if (outcome === undefined) return;
    if ('error' in outcome) {
      each.fate = 'refused';
      each.problems.push(formatReason(outcome.error));
    } else {
      each.feedback = outcome.feedback;
      each.fate = outcome.effect;
      if (outcome.effect !== 'unchanged') each.status = outcome.feedback.validationStatus;
    }
  });
}

/** `pending` means that an entry still waits for its validation: that one is validated like any other. */
function keptVerdict(row: ImportRow | undefined): Verdict | undefined {
  if (row?.validationStatus === undefined || row.validationStatus === 'pending') return undefined;
  return { status: row.validationStatus, reasons: row.validationReasons };
}

/** Links an entry to what its row says, as far as it is not linked so yet. */
async function linkRow(
  services: ValidationServices,
  actor: Actor,
  { row, feedback, problems }: Entering,
): Promise<void> {
  if (feedback === undefined || row.links.length === 0) return;
  const stored = await services.store.read((reader) =>
    reader.getMany(row.links.map(({ adapterId }) => edgeOutKey(actor.org, 'FEEDBACK_FOR', feedback.id, adapterId))),
  );
  for (const [index, link] of row.links.entries()) {
    const edge = stored[index];
    if (edge !== undefined && saysAsMuch(decodeLink(edge).metadata, link)) continue;
    try {
      await linkFeedback(services, actor, { feedbackId: feedback.id, ...link });
    } catch (error) {
      problems.push(`The entry is there, but not its link to '${link.adapterId}': ${refusalOf(error)}`);
    }
  }
}

function saysAsMuch(stored: object | undefined, { metadata }: ImportedLink): boolean {
  return metadata === undefined || JSON.stringify(stored) === JSON.stringify(metadata);
}

/** Marks as used what its rows say is used, batch by batch. */
async function markRows(services: ValidationServices, actor: Actor, entering: readonly Entering[]): Promise<void> {
  const batches = new Map<number, (Entering & { readonly feedback: Feedback })[]>();
  for (const each of entering) {
    const { row, feedback, problems } = each;
    if (row.usedBy === undefined || feedback === undefined || feedback.use === 'used') continue;
    if (feedback.validationStatus !== 'approved') {
      problems.push('The entry is there, but not marked as used, as it is not approved');
      continue;
    }
    const batch = batches.get(row.usedBy) ?? [];
    batch.push({ ...each, feedback });
    batches.set(row.usedBy, batch);
  }
  for (const [number, batch] of batches) {
    try {
      const feedbackIds = batch.map(({ feedback }) => feedback.id);
      await markUsedForTraining(services, actor, { feedbackIds, trainingBatchId: number });
    } catch (error) {
      const reason = refusalOf(error);
      for (const { problems } of batch) problems.push(`The entry is there, but not marked as used: ${reason}`);
    }
  }
}

/** Why one row was refused. @throws what is no refusal of it: then nothing can be imported for now */
function refusalOf(error: unknown): string {
  if (error instanceof ApiError && !(error instanceof UnavailableError)) return formatReason(error);
  throw error;
}
