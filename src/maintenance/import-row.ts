/** What one row of an import says, in the names of REST or in those of whoever wrote the file (docs/backup.md). */
import { createHash } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { InvalidInputError, type Issue, issueSentence } from '../errors.js';
import { GENERATED_ID_PREFIX } from '../feedback/external-ids.js';
import { isJsonObject } from '../is-json-object.js';
import { jsonProblem } from '../json-bounds.js';
import { VALIDATION_STATUSES, type ValidationStatus } from '../model/facets.js';
import { FIELDS } from '../model/feedback-fields.js';
import { identifier } from '../model/field-kinds.js';
import { feedbackIdTime, isFeedbackId } from '../model/ids.js';
import { type EntryLimits, idProblem } from '../model/input.js';
import type { JsonObject } from '../model/json-object.js';
import { type CandidateAnswers, isPreference } from '../model/preference.js';
import { restPlace } from '../model/rest-place.js';
import { collectFields, completeSubmission, type GivenSubmission } from '../model/submission.js';
import { omitNullish } from '../omit-nullish.js';
import { MAX_TRAINING_BATCH_ID } from '../training/batch.js';
import { BadRowError } from './import/bad-row.js';
import { type Converter, toFields } from './import/converters/converted.js';
import { type RecordObject, valueAt } from './import/record-object.js';
import { type RowOptions, type RowValues, rowValues } from './import/row-values.js';
import { parseTime, TIME_PROBLEM } from './import/time.js';
import type { ImportField } from './import-fields.js';

export interface ImportedLink {
  readonly adapterId: string;
  readonly metadata?: JsonObject;
}

export interface ImportRow {
  /** With everything that an entry has, except perhaps its type, which the organization's rules decide then. */
  readonly submission: GivenSubmission;
  readonly organization?: string;
  /** Of the row's own time where it has one: the same for the same row, however often it is imported. */
  readonly id?: string;
  /** An external id for rows that have none: the same for the same row. */
  readonly fallbackId: string;
  /** Epoch ms. */
  readonly createdAt?: number;
  readonly validationStatus?: ValidationStatus;
  readonly validationReasons: readonly string[];
  /** The batch that has learned from it, where one has. */
  readonly usedBy?: number;
  readonly links: readonly ImportedLink[];
}

const ID = identifier();

/** What fields follow from, where they are missing: the type by the organization's rules, when the row is stored. */
const DERIVED_FROM: Readonly<Partial<Record<ImportField, readonly ImportField[]>>> = {
  type: ['scores', 'candidates'],
  question: ['messages', 'candidates'],
  answer: ['messages', 'candidates'],
};

/** What an entry with candidates has not. */
const OF_ONE_ANSWER = ['type', 'answer', 'correction', 'model_version', 'adapter_id', 'adapter_version'] as const;

/** What the command says of all rows, and whose they are where they are not in our own names. */
export interface ParseOptions extends RowOptions {
  readonly converter?: Converter | undefined;
  /** Of an entry; those of default settings unless given. */
  readonly limits?: EntryLimits | undefined;
}

/**
 * The entries in one record; none if it holds no judgement.
 * @param now epoch ms; nothing can be from later on
 * @throws BadRowError naming everything that is wrong
 */
export function parseRows(text: string, options: ParseOptions, now: number): readonly ImportRow[] {
  const record = parseRecord(text);
  const { converter, mapping, rules, limits } = options;
  if (converter === undefined) return [parseRow(text, rowValues(record, record, options), now, limits)];
  const mapped = (from: RecordObject, field: 'question' | 'answer'): unknown => {
    const theirs = mapping.get(field);
    return theirs === undefined ? undefined : valueAt(from, theirs);
  };
  const isOfOne =
    rules !== undefined || OF_ONE_ANSWER.some((field) => options.constants.has(field) || mapping.has(field));
  const entries = converter.convert(record, { hasRules: rules !== undefined, takesPreferences: !isOfOne, mapped });
  // The converter has read these from where they are mapped, and may have made a conversation of them.
  const others = new Map([...mapping].filter(([field]) => field !== 'question' && field !== 'answer'));
  return entries.map((entry, index) => {
    const values = rowValues(record, toFields(entry), { ...options, mapping: others });
    return parseRow(index === 0 ? text : `${index}:${text}`, values, now, limits);
  });
}

/** @param identity tells the row from others if it has no name of its own */
function parseRow(
  identity: string,
  { valueOf: value, problem: verdictProblem }: RowValues,
  now: number,
  limits: EntryLimits | undefined,
): ImportRow {
  if (verdictProblem !== undefined) throw new BadRowError(verdictProblem);
  const issues: Issue[] = [];
  const parse = <T>(field: ImportField, problem: string, parser: (value: unknown) => T | undefined): T | undefined => {
    const given = value(field);
    if (isBlank(given)) return undefined;
    const parsed = parser(given);
    if (parsed === undefined) issues.push({ field, problem });
    return parsed;
  };
  const name = (field: ImportField): string | undefined => parse(field, ID.parsed, ID.parse);

  const submission = collectFields(FIELDS, ({ rest, kind, required }) => {
    const given = parse(rest, kind.parsed, kind.parse);
    const isDerived = (DERIVED_FROM[rest] ?? []).some((field) => !isBlank(value(field)));
    if (given === undefined && required && !isDerived && !issues.some(({ field }) => field === rest)) {
      issues.push({ field: rest, problem: kind.missing, missing: true });
    }
    return given;
  });
  const ownId = name('id');
  const givenTime = parse('created_at', TIME_PROBLEM, parseTime);
  const organization = name('organization');
  const organizationProblem = organization === undefined ? undefined : idProblem(organization);
  if (organizationProblem !== undefined) issues.push({ field: 'organization', problem: organizationProblem });
  const createdAt = givenTime ?? (ownId !== undefined && isFeedbackId(ownId) ? feedbackIdTime(ownId) : undefined);
  if (createdAt !== undefined && createdAt > now) {
    issues.push({ field: 'created_at', problem: 'must not be in the future' });
  }
  const validationStatus = parse('validation_status', `must be one of: ${VALIDATION_STATUSES.join(', ')}`, (given) =>
    VALIDATION_STATUSES.find((status) => status === given),
  );
  const validationReasons = parse('validation_reasons', 'must be a list of strings', asStrings) ?? [];
  const used = parse('used_for_training', 'must be true or false', (given) =>
    typeof given === 'boolean' ? given : undefined,
  );
  const batch = parse('training_batch_id', `must be an integer from 0 to ${MAX_TRAINING_BATCH_ID}`, asBatch);
  if (used === true && (batch ?? 0) === 0) {
    issues.push({ field: 'training_batch_id', problem: 'must be the number of the batch that used the entry' });
  }
  const links = parse('links', "must be a list of objects with an 'adapter_id'", asLinks) ?? [];

  if (issues.length > 0) throw new BadRowError(issues.map(issueSentence).join('; '));
  // What is stored already may have been made equal by plugins.
  const answers = ownId !== undefined && isFeedbackId(ownId) ? 'any' : 'different';
  const complete = completed(submission, limits, answers);

  // An id of its source says that it is the same row, whatever else of it has changed; so does the row itself where no time does.
  const isKnownByExternalId =
    ownId === undefined ? createdAt === undefined : !isFeedbackId(ownId) || createdAt === undefined;
  const ownIdentity = describeIdentity(submission.externalId, ownId, identity);
  const id = createdAt === undefined ? undefined : deriveId(ownId, createdAt, ownIdentity);
  const fallbackId = `${GENERATED_ID_PREFIX}${digest(ownIdentity)}`;
  const externalId = submission.externalId ?? (isKnownByExternalId ? fallbackId : undefined);
  return {
    submission: { ...complete, ...omitNullish({ externalId }) },
    fallbackId,
    validationReasons,
    links,
    ...omitNullish({
      organization,
      // What its id holds, which lists are ordered and narrowed by.
      createdAt: id === undefined ? undefined : feedbackIdTime(id),
      id,
      validationStatus,
      usedBy: used === true ? batch : undefined,
    }),
  };
}

/** @throws BadRowError */
function completed(
  submission: GivenSubmission,
  limits: EntryLimits | undefined,
  answers: CandidateAnswers,
): GivenSubmission {
  try {
    const isDecidedLater =
      submission.type === undefined && submission.scores !== undefined && !isPreference(submission);
    if (!isDecidedLater) return completeSubmission(submission, limits, answers);
    // Any type will do to check and complete the rest.
    const { type: _type, ...rest } = completeSubmission({ ...submission, type: 'positive' }, limits);
    return rest;
  } catch (error) {
    throw error instanceof InvalidInputError ? new BadRowError(formatReason(error)) : error;
  }
}

/** The same sentence with the names of REST, for errors of the rooms below. */
export function formatReason(error: Error): string {
  if (!(error instanceof InvalidInputError)) return error.message;
  return error.issues.map((issue) => issueSentence({ ...issue, field: restPlace(issue.field) })).join('; ');
}

/** By how much the time in an id and the entry's own may differ, ms: the id's time counts then, as nearly the same. */
const ID_TIME_TOLERANCE = 60_000;

/** An entry that was exported keeps its id, and with it its place among those of the same moment; others get one. */
function deriveId(ownId: string | undefined, createdAt: number, identity: string): string {
  if (ownId !== undefined && isFeedbackId(ownId)) {
    if (Math.abs(feedbackIdTime(ownId) - createdAt) <= ID_TIME_TOLERANCE) return ownId;
  }
  const random = createHash('sha256').update(identity).digest();
  return `feedback-${uuidv7({ msecs: createdAt, random })}`;
}

/** What tells a row from others, for good: the strongest name that it has. */
function describeIdentity(externalId: string | undefined, ownId: string | undefined, text: string): string {
  if (externalId !== undefined) return `external:${externalId}`;
  return ownId === undefined ? `line:${text}` : `id:${ownId}`;
}

function digest(identity: string): string {
  return createHash('sha256').update(identity).digest('base64url');
}

function isBlank(given: unknown): boolean {
  return given === undefined || given === null || (typeof given === 'string' && given.trim() === '');
}

/** @throws {BadRowError} unless the text is a JSON object within the bounds of what is read */
export function parseRecord(text: string): RecordObject {
  const problem = jsonProblem(text);
  if (problem !== undefined) throw new BadRowError(`The row ${problem}`);
  let row: unknown;
  try {
    row = JSON.parse(text);
  } catch {
    throw new BadRowError('The row is not valid JSON');
  }
  if (!isJsonObject(row)) throw new BadRowError('The row must be a JSON object');
  return row;
}

function asBatch(value: unknown): number | undefined {
  const isBatch = typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= MAX_TRAINING_BATCH_ID;
  return isBatch ? value : undefined;
}

function asStrings(value: unknown): readonly string[] | undefined {
  return Array.isArray(value) && value.every((each) => typeof each === 'string') ? value : undefined;
}

function asLinks(value: unknown): readonly ImportedLink[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const links: ImportedLink[] = [];
  for (const each of value as readonly unknown[]) {
    if (!isJsonObject(each)) return undefined;
    const { adapter_id: adapterId, metadata } = each;
    if (typeof adapterId !== 'string') return undefined;
    if (metadata === undefined || metadata === null) links.push({ adapterId });
    else if (isJsonObject(metadata)) links.push({ adapterId, metadata: metadata as JsonObject });
    else return undefined;
  }
  return links;
}
