/**
 * Preferences: several answers to one question, of which somebody prefers one. What an entry of one answer has, a question, an
 * answer and perhaps a conversation, follows from the preferred answer, so that all that reads entries knows what to show.
 */
import type { Issue } from '../errors.js';
import { omitNullish } from '../omit-nullish.js';
import { type ChatMessage, contentText, judgedTexts, normalizeConversation } from './conversation.js';

export const MAX_CANDIDATES = 8;

/** No candidate is better than all others. */
export const TIE = 'tie';
/** The place of the preferred candidate, counted from 0. */
export type Preferred = number | typeof TIE;

export interface Candidate {
  readonly answer: string;
  /** The adapter that gave the answer. */
  readonly adapterId?: string;
  readonly modelVersion?: string;
}

/** A candidate as it came, by its answer or by the whole conversation. */
export interface GivenCandidate {
  readonly answer?: string | null;
  /** The conversation, of which the last message is the answer. */
  readonly messages?: readonly ChatMessage[] | null;
  readonly adapterId?: string | null;
  readonly modelVersion?: string | null;
}

/** What became of an adapter's answers in a comparison. */
export const OUTCOMES = ['won', 'lost', 'tied'] as const;
export type PreferenceOutcome = (typeof OUTCOMES)[number];

/** The part of a submission that a preference is made of. */
interface Compared {
  readonly candidates?: readonly Candidate[];
  readonly preferred?: Preferred;
}

/**
 * What became of each adapter that was compared with something else, once for each entry: of several answers of one adapter the
 * preferred one counts. Where all answers are of one adapter nothing is said of it.
 */
export function adapterOutcomes({
  candidates = [],
  preferred,
}: Compared): readonly { readonly adapter: string; readonly outcome: PreferenceOutcome }[] {
  if (preferred === undefined || candidates.every(({ adapterId }) => adapterId === candidates[0]?.adapterId)) return [];
  const best = preferred === TIE ? undefined : candidates[preferred]?.adapterId;
  return candidateAdapters(candidates).map((adapter) => ({
    adapter,
    outcome: preferred === TIE ? 'tied' : adapter === best ? 'won' : 'lost',
  }));
}

/** The adapters that a submission names, each once: the entry is linked to them for good. */
export function namedAdapters({
  adapterId,
  candidates,
}: {
  readonly adapterId?: string;
  readonly candidates?: readonly Pick<GivenCandidate, 'adapterId'>[];
}): readonly string[] {
  if (candidates !== undefined) return candidateAdapters(candidates);
  return adapterId === undefined ? [] : [adapterId];
}

function candidateAdapters(candidates: readonly Pick<GivenCandidate, 'adapterId'>[]): readonly string[] {
  return [...new Set(candidates.flatMap(({ adapterId }) => adapterId ?? []))];
}

/** The place of the answer that stands for the entry: the preferred one, or the first of a tie. */
export function shownPlace(preferred: Preferred | undefined): number {
  return typeof preferred === 'number' ? preferred : 0;
}

/** What follows from the preferred candidate: the answer, and where there is a conversation its last message. */
export function preferredTexts({
  candidates = [],
  preferred,
  messages,
}: Compared & { readonly messages?: readonly ChatMessage[] }): {
  readonly answer?: string;
  readonly messages?: readonly ChatMessage[];
} {
  const answer = candidates[shownPlace(preferred)]?.answer;
  if (answer === undefined) return {};
  if (messages === undefined || judgedTexts(messages).answer === answer) return { answer };
  return { answer, messages: [...messages.slice(0, -1), { role: 'assistant', content: answer }] };
}

/** What a submission may say of a preference, and of what follows from it. */
interface GivenPreference {
  readonly type?: string;
  readonly candidates?: readonly GivenCandidate[];
  readonly preferred?: Preferred;
  readonly question?: string;
  readonly answer?: string;
  readonly messages?: readonly ChatMessage[];
  readonly correction?: string;
  readonly adapterId?: string;
  readonly adapterVersion?: string;
  readonly modelVersion?: string;
}

/** All that a preference has beside what it was given. */
export interface CompletePreference {
  readonly type: 'preference';
  readonly question?: string;
  readonly answer: string;
  readonly messages?: readonly ChatMessage[];
  readonly candidates: readonly Candidate[];
  readonly modelVersion?: string;
}

export function isPreference({ type, candidates, preferred }: GivenPreference): boolean {
  return type === 'preference' || candidates !== undefined || preferred !== undefined;
}

const OWN_OF_EACH = ['adapterId', 'adapterVersion', 'modelVersion'] as const;

/** Whether the candidates need different answers: those of a stored entry may be equal, as plugins replace texts. */
export type CandidateAnswers = 'different' | 'any';

/**
 * What follows from the candidates of a submission, whose fields are each allowed. A conversation that one of them has is that of
 * all; its turns before the answer become those of the entry. A model version that all of them share is that of the entry.
 * @param issues gets what does not fit together; then the result says nothing
 */
export function completePreference(
  given: GivenPreference,
  answers: CandidateAnswers,
  issues: Issue[],
): CompletePreference | undefined {
  const { type, candidates: givenCandidates, preferred } = given;
  const known = issues.length;
  if (type !== undefined && type !== 'preference') {
    const field = givenCandidates === undefined ? 'preferred' : 'candidates';
    issues.push({ field: 'type', problem: `must be 'preference' or omitted when '${field}' is given` });
  }
  if (givenCandidates === undefined) {
    issues.push({ field: 'candidates', problem: `a list of 2 to ${MAX_CANDIDATES} candidates`, missing: true });
    return undefined;
  }
  const candidates = givenCandidates.map(toCandidate);
  const places = `an integer from 0 to ${candidates.length - 1}, the place of a candidate, or ${TIE}`;
  if (preferred === undefined) issues.push({ field: 'preferred', problem: places, missing: true });
  else if (preferred !== TIE && candidates[preferred] === undefined) {
    issues.push({ field: 'preferred', problem: `must be ${places}` });
  }
  const texts = candidates.map(({ answer }) => answer.trim().normalize());
  for (const [place, text] of texts.entries()) {
    const first = texts.indexOf(text);
    if (first === place || answers === 'any') continue;
    const field = `candidates[${place}].${isGiven(givenCandidates[place]?.messages) ? 'messages' : 'answer'}`;
    issues.push({ field, problem: `must be another answer than that of candidates[${first}]` });
  }
  if (given.correction !== undefined) {
    issues.push({ field: 'correction', problem: "must be omitted when 'candidates' is given" });
  }
  const [model] = candidates.map(({ modelVersion }) => modelVersion);
  const shared = candidates.every(({ modelVersion }) => modelVersion === model) ? model : undefined;
  for (const field of OWN_OF_EACH) {
    if (given[field] === undefined || (field === 'modelVersion' && given[field] === shared)) continue;
    issues.push({ field, problem: "must be omitted when 'candidates' is given; set it on each candidate" });
  }
  if (given.messages !== undefined && !texts.includes(judgedTexts(given.messages).answer.trim().normalize())) {
    issues.push({ field: 'messages', problem: 'must end with the answer of one of the candidates' });
  }
  const turns = sharedTurns(given, givenCandidates, issues);
  const answer = candidates[shownPlace(preferred)]?.answer ?? '';
  if (given.answer !== undefined && given.answer !== answer) {
    issues.push({
      field: 'answer',
      problem: "must be left out beside 'candidates', of which the preferred one has it",
    });
  }
  if (issues.length > known) return undefined;
  const messages = turns && [...turns, { role: 'assistant', content: answer } as const];
  const question = messages === undefined ? given.question : judgedTexts(messages).question;
  return { type: 'preference', answer, candidates, ...omitNullish({ question, messages, modelVersion: shared }) };
}

/** @param candidate with an answer or with messages that are a conversation */
function toCandidate({ answer, messages, adapterId, modelVersion }: GivenCandidate): Candidate {
  const text = answer ?? judgedTexts(messages ?? []).answer;
  return { answer: text, ...omitNullish({ adapterId: orAbsent(adapterId), modelVersion: orAbsent(modelVersion) }) };
}

/** Empty and blank ids count as absent, as everywhere. */
function orAbsent(id: string | null | undefined): string | undefined {
  return isGiven(id) && id.trim() !== '' ? id : undefined;
}

function isGiven<Value>(value: Value | null | undefined): value is Value {
  return value !== null && value !== undefined;
}

/** The turns before the answers, if the submission or a candidate has a conversation. */
function sharedTurns(
  given: GivenPreference,
  candidates: readonly GivenCandidate[],
  issues: Issue[],
): readonly ChatMessage[] | undefined {
  const conversations = [
    ...(given.messages === undefined ? [] : [{ field: 'messages', messages: given.messages }]),
    ...candidates.flatMap(({ messages }, place) =>
      isGiven(messages) ? [{ field: `candidates[${place}].messages`, messages }] : [],
    ),
  ];
  const [first, ...others] = conversations.map(({ field, messages }) => ({
    field,
    turns: normalizeConversation(messages.slice(0, -1)),
  }));
  if (first === undefined) return undefined;
  const text = JSON.stringify(first.turns);
  for (const { field, turns } of others) {
    if (JSON.stringify(turns) === text) continue;
    issues.push({ field, problem: `must have the same turns before the answer as ${first.field}` });
  }
  const asked = first.turns.findLast(({ role }) => role === 'user');
  const question = asked === undefined ? undefined : contentText(asked);
  if (given.question !== undefined && given.question !== question) {
    issues.push({
      field: 'question',
      problem: `must be left out beside '${first.field}', whose last message of the user it is`,
    });
  }
  return first.turns;
}
