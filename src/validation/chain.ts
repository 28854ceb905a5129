/** Runs the configured plugins one after the other over a submission, whatever they do. */
import { type ChatMessage, judgedTexts, replaceJudgedTexts } from '../model/conversation.js';
import type { Finding } from '../model/feedback.js';
import { preferredTexts, shownPlace } from '../model/preference.js';
import { type Submission, TEXT_FIELDS } from '../model/submission.js';
import { omitNullish } from '../omit-nullish.js';
import {
  type PluginSubmission,
  type PluginVerdict,
  type TextChanges,
  type ValidationPlugin,
  type Verdict,
  worseStatus,
} from './contract.js';
import { NonsenseError, parseVerdict } from './plugin-verdict.js';

export interface ValidationLogger {
  warn(fields: object, message: string): void;
}

/** What a plugin said of an entry, or how it failed, in words. */
export type PluginOutcome = PluginVerdict | { readonly failure: string };

/** Runs each validation of an entry by a plugin, given its name. */
export type AroundPlugin = (plugin: string, validate: () => Promise<PluginOutcome>) => Promise<PluginOutcome>;

/** One plugin at work, and what it has done since the server started. */
export interface PluginSlot {
  readonly plugin: ValidationPlugin;
  /** Ms. */
  readonly timeout: number;
  readonly asynchronous: boolean;
  readonly counts: PluginCounts;
}

/** How often a plugin said what; times are ms. */
export interface PluginCounts {
  readonly verdicts: Record<PluginVerdict['verdict'], number>;
  failures: number;
  timeouts: number;
  /** Failures since the last answer. */
  failuresInARow: number;
  lastFailure?: { readonly at: number; readonly reason: string };
  readonly latency: { count: number; total: number; longest: number };
}

export function createPluginSlot(plugin: ValidationPlugin, timeout: number, asynchronous = false): PluginSlot {
  return {
    plugin,
    timeout,
    asynchronous,
    counts: {
      verdicts: { accept: 0, flag: 0, reject: 0, modify: 0 },
      failures: 0,
      timeouts: 0,
      failuresInARow: 0,
      latency: { count: 0, total: 0, longest: 0 },
    },
  };
}

/** The plugin did not answer within its timeout. */
class TimeoutError extends Error {
  override readonly name = 'TimeoutError';
}

/**
 * Asks what is not asynchronous of a new submission, and everything of one that is stored.
 * The worst verdict wins; changes apply in order, so that each plugin sees what those before it made of the texts.
 */
export async function runChain(
  slots: readonly PluginSlot[],
  submission: Submission,
  organization: string,
  logger: ValidationLogger,
  stored?: { readonly id: string; readonly all: boolean },
  around?: AroundPlugin,
): Promise<Verdict> {
  let current: PluginSubmission = Object.assign(
    stored === undefined ? { organization } : { organization, id: stored.id },
    submission,
  );
  const asked = stored?.all === true ? slots : slots.filter(({ asynchronous }) => !asynchronous);
  let failed = false;
  let verdict: Verdict = { status: 'approved', reasons: [] };
  const findings: Finding[] = [];
  for (const slot of asked) {
    const { name, version } = slot.plugin;
    const seen = current;
    const outcome = await (around === undefined
      ? runPlugin(slot, seen, logger)
      : around(name, () => runPlugin(slot, seen, logger)));
    const says = { plugin: name, ...(version === undefined ? {} : { version }) };
    if ('failure' in outcome) {
      failed = true;
      verdict = {
        ...verdict,
        status: worseStatus(verdict.status, 'flagged'),
        reasons: [...verdict.reasons, outcome.failure],
      };
      findings.push({ ...says, verdict: 'failed' });
      continue;
    }
    const { verdict: said, reasons = [], confidence, data, changes, fingerprint } = outcome;
    if (changes !== undefined) current = { ...current, ...withoutUnknownTexts(current, changes) };
    const status = said === 'reject' ? 'rejected' : said === 'flag' ? 'flagged' : 'approved';
    const known = fingerprint ?? verdict.fingerprint;
    verdict = { status: worseStatus(verdict.status, status), reasons: [...verdict.reasons, ...reasons] };
    if (known !== undefined) verdict = { ...verdict, fingerprint: known };
    if (said !== 'accept' || confidence !== undefined || data !== undefined) {
      findings.push({
        ...says,
        verdict: said,
        ...(confidence === undefined ? {} : { confidence }),
        ...(data === undefined ? {} : { data }),
      });
    }
  }
  const changes = textsChanged(submission, current);
  return Object.assign(
    verdict,
    omitNullish({
      changes: Object.keys(changes).length === 0 ? undefined : changes,
      findings: findings.length === 0 ? undefined : findings,
      failed: failed ? true : undefined,
      // What is rejected already cannot get worse.
      unfinished: asked.length < slots.length && verdict.status !== 'rejected' ? true : undefined,
    }),
  );
}

function textsChanged(before: Submission, after: Submission): TextChanges {
  const changes: { -readonly [Field in keyof TextChanges]: TextChanges[Field] } = {};
  for (const field of TEXT_FIELDS) {
    const text = after[field];
    if (text !== undefined && text !== before[field]) changes[field] = text;
  }
  const { messages, candidates } = after;
  if (messages !== undefined && messages !== before.messages) changes.messages = messages;
  if (candidates !== undefined && candidates !== before.candidates) changes.candidates = candidates;
  return changes;
}

/**
 * A plugin changes what is there; it invents no correction or comment, no message and no candidate. The question and the answer
 * stay those of the conversation, and the answer that of the preferred candidate.
 */
function withoutUnknownTexts(
  submission: Submission,
  changes: TextChanges,
): TextChanges & Pick<Submission, 'candidates'> {
  const texts = Object.fromEntries(
    TEXT_FIELDS.flatMap((field) => {
      const changed = changes[field];
      return changed === undefined || submission[field] === undefined ? [] : [[field, changed]];
    }),
  );
  const changed = submission.messages === undefined ? texts : changedConversation(submission.messages, texts, changes);
  return submission.candidates === undefined ? changed : changedPreference(submission, changed, changes.candidates);
}

function changedConversation(
  before: readonly ChatMessage[],
  texts: TextChanges,
  { messages }: TextChanges,
): TextChanges {
  const changed = replaceJudgedTexts(haveSameRoles(before, messages) ? messages : before, texts);
  return { ...texts, ...judgedTexts(changed), messages: changed };
}

/** @param texts what becomes of the answer and the conversation, if the candidates stay as they are */
function changedPreference(
  { candidates = [], preferred, answer }: Submission,
  texts: TextChanges,
  changes: TextChanges['candidates'],
): TextChanges & Pick<Submission, 'candidates'> {
  const place = shownPlace(preferred);
  const answers = candidates.map((candidate, index) => {
    const changed = changes?.length === candidates.length ? changes[index]?.answer : undefined;
    const ofEntry = index === place && texts.answer !== answer ? texts.answer : undefined;
    return changed ?? ofEntry ?? candidate.answer;
  });
  if (answers.every((each, index) => each === candidates[index]?.answer)) return texts;
  const changed = candidates.map((candidate, index) => ({ ...candidate, answer: answers[index] ?? candidate.answer }));
  const { messages } = texts;
  return {
    ...texts,
    candidates: changed,
    ...preferredTexts({ candidates: changed, ...omitNullish({ preferred, messages }) }),
  };
}

function haveSameRoles(
  before: readonly ChatMessage[],
  after: readonly ChatMessage[] | undefined,
): after is readonly ChatMessage[] {
  return after?.length === before.length && before.every(({ role }, index) => after[index]?.role === role);
}

async function runPlugin(
  { plugin, timeout, counts }: PluginSlot,
  submission: PluginSubmission,
  logger: ValidationLogger,
): Promise<PluginOutcome> {
  const start = performance.now();
  try {
    const verdict = parseVerdict(await answerWithin(plugin, submission, timeout));
    counts.verdicts[verdict.verdict] += 1;
    counts.failuresInARow = 0;
    return verdict;
  } catch (error) {
    counts.failures += 1;
    counts.failuresInARow += 1;
    if (error instanceof TimeoutError) counts.timeouts += 1;
    const reason =
      error instanceof TimeoutError
        ? `did not answer within ${timeout} ms`
        : error instanceof NonsenseError
          ? error.message
          : 'failed';
    counts.lastFailure = { at: Date.now(), reason };
    // The plugin's own words are for operators: its author is told to keep texts of users out of them.
    logger.warn({ plugin: plugin.name, err: error }, `the validation plugin ${reason}`);
    return { failure: `Could not be validated: the plugin ${plugin.name} ${reason}` };
  } finally {
    const took = performance.now() - start;
    counts.latency.count += 1;
    counts.latency.total += took;
    counts.latency.longest = Math.max(counts.latency.longest, took);
  }
}

/** Making a signal costs more than most plugins do. */
const NEVER_ABORTED = new AbortController().signal;

async function answerWithin(plugin: ValidationPlugin, submission: PluginSubmission, timeout: number): Promise<unknown> {
  const controller = plugin.validate.length < 2 ? undefined : new AbortController();
  const answer = plugin.validate(submission, controller?.signal ?? NEVER_ABORTED);
  if (!(answer instanceof Promise)) return answer;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      const error = new TimeoutError(`No answer within ${timeout} ms`);
      // First, as the plugin may fail over the signal at once.
      reject(error);
      controller?.abort(error);
    }, timeout);
  });
  // What comes after its time is nobody's any more, a failure too.
  answer.catch(() => undefined);
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
