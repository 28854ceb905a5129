/** The kinds of values that fields of feedback have. Another kind is another function here. */
import { omitNullish } from '../omit-nullish.js';
import { conversationProblem, MAX_TURNS, type PlacedProblem, unknownField } from './conversation-problem.js';
import { type ChatMessage, isAbsent, isConversation } from './conversation.js';
import { adapterIdProblem, type EntryLimits, idProblem, requiredTextProblem, textProblem } from './input.js';
import { isJsonObject, type JsonBounds, type JsonObject, jsonObjectProblem } from './json-object.js';
import { type Candidate, type GivenCandidate, MAX_CANDIDATES, type Preferred, TIE } from './preference.js';

/** In the description of the REST API, a schema with this keyword is shown as the component that it names. */
export const DOCUMENTED_AS = 'x-documented-as';

/** Between the names inside a value and those that REST and files have for them. */
export interface WireForm<Wire> {
  /** @param value of the kind */
  readonly write: (value: unknown) => Wire;
  /** Whatever is given, under our names. */
  readonly read: (given: unknown) => unknown;
}

export interface FieldKind<Value> {
  /** Where names inside a value are others in REST and in files. */
  readonly wire?: WireForm<unknown>;
  /** What REST checks a value by before anything else; JSON Schema (draft-07). */
  readonly schema: Readonly<Record<string, unknown>>;
  /** Whether a stored value is of this kind, whatever the bounds of today. */
  readonly is: (value: unknown) => value is Value;
  /** What is wrong with a submitted value as the rest of a sentence, if anything. */
  readonly problem: (value: unknown, limits?: EntryLimits) => string | undefined;
  /** What is wrong inside of a value of which `problem` says nothing, where it has an inside. */
  readonly problemInside?: (value: unknown, limits?: EntryLimits) => PlacedProblem | undefined;
  /** The value that a row of an import or a word of the command line means, if it means one. */
  readonly parse: (given: unknown) => Value | undefined;
  /** What `parse` takes, as the rest of a sentence. */
  readonly parsed: string;
  /** What a required field must be, where it is missing. */
  readonly missing: string;
}

/** One of a few words, which GraphQL writes in capitals. */
export interface EnumerationKind<Word extends string> extends FieldKind<Word> {
  readonly words: readonly Word[];
}

/** Values with names inside, which are others in REST and in files. */
export interface NamedKind<Value, Wire> extends FieldKind<Value> {
  readonly wire: WireForm<Wire>;
}

/** Prose, which plugins validate and may replace. */
export interface TextKind extends FieldKind<string> {
  readonly isProse: true;
}

/** A text, as long as the limits of the server allow. */
export function text(): TextKind {
  return { ...stringKind(textProblem), isProse: true };
}

/** As {@link text}, and it says something. */
export function requiredText(): TextKind {
  return { ...stringKind(requiredTextProblem), isProse: true };
}

/** An id or a version: 1 to 256 bytes of UTF-8 without control characters. Files may have a number there. */
export function identifier(): FieldKind<string> {
  return integerOrString(idProblem);
}

/** As {@link identifier}, without the prefixes of other nodes' ids. */
export function adapterIdentifier(): FieldKind<string> {
  return integerOrString(adapterIdProblem);
}

/** @param synonyms what files and command lines may say for a word, in lower case */
export function enumeration<const Word extends string>(
  words: readonly Word[],
  synonyms: { readonly [Each in Word]?: readonly unknown[] } = {},
): EnumerationKind<Word> {
  const alternatives = [words.slice(0, -1).join(', '), words.at(-1) ?? ''].join(' or ');
  const is = (value: unknown): value is Word => words.some((word) => word === value);
  return {
    words,
    schema: { enum: words, type: 'string' },
    is,
    problem: (value) => (is(value) ? undefined : `must be ${alternatives}`),
    parse: (given) => {
      const meant = typeof given === 'string' ? given.trim().toLowerCase() : given;
      return words.find((word) => word === meant || synonyms[word]?.includes(meant));
    },
    parsed: `must be ${alternatives}${Object.keys(synonyms).length === 0 ? '' : ', or another pair that the documentation names'}`,
    missing: alternatives,
  };
}

/** An entry is in an index of each of its tags, which move with it. */
const MAX_TAGS = 32;

/** A list of short names, each once. Files and command lines may have them in one text, with commas between them. */
export function tagList(): FieldKind<readonly string[]> {
  const is = (value: unknown): value is readonly string[] => Array.isArray(value) && value.every(isString);
  return {
    schema: { type: 'array', items: { type: 'string' }, maxItems: MAX_TAGS },
    is,
    problem: (value) => {
      if (!is(value) || value.length > MAX_TAGS) return `must be a list of at most ${MAX_TAGS} strings`;
      const problem = value.map(idProblem).find((each) => each !== undefined);
      if (problem !== undefined) return `must be a list of tags, each of which ${problem}`;
      return new Set(value).size < value.length ? 'must not have the same tag twice' : undefined;
    },
    parse: (given) => {
      const list = isString(given) && !given.trimStart().startsWith('[') ? given.split(',') : parseJson(given);
      return is(list) ? list.map((tag) => tag.trim()).filter((tag) => tag !== '') : undefined;
    },
    parsed: 'must be a list of strings',
    missing: 'a list of strings',
  };
}

/** A number, a truth value, or the name of a category. */
export type Score = number | boolean | string;
export type Scores = Readonly<Record<string, Score>>;

/** As few as tags, for the same reason. */
const MAX_SCORES = 32;

/** Scores by their names. */
export function scoreMap(): FieldKind<Scores> {
  const isScore = (value: unknown): value is Score =>
    typeof value === 'number' || typeof value === 'boolean' || isString(value);
  const is = (value: unknown): value is Scores => isJsonObject(value) && Object.values(value).every(isScore);
  return {
    // Each score is checked below, where it can be named.
    schema: { type: 'object', additionalProperties: true },
    is,
    problem: (value) => {
      if (!isJsonObject(value)) return 'must be a JSON object of scores by their names';
      const scores = Object.entries(value);
      if (scores.length > MAX_SCORES) return `must have at most ${MAX_SCORES} scores`;
      for (const [name, score] of scores) {
        const nameProblem = idProblem(name);
        if (nameProblem !== undefined) return `must have names each of which ${nameProblem}`;
        if (!isScore(score)) return `must have a number, a boolean or a category for '${name}'`;
        if (typeof score === 'number' && !Number.isFinite(score)) return `must have a finite number for '${name}'`;
        const problem = isString(score) ? idProblem(score) : undefined;
        if (problem !== undefined) return `must have a category for '${name}' that ${problem}`;
      }
      return undefined;
    },
    parse: (given) => {
      const scores = parseJson(given);
      return is(scores) ? scores : undefined;
    },
    parsed: 'must be a JSON object of scores by their names',
    missing: 'a JSON object of scores by their names',
  };
}

/** Anything that the client keeps with an entry. */
export function jsonObject(bounds: JsonBounds): FieldKind<JsonObject> {
  return {
    schema: { type: 'object', additionalProperties: true },
    is: isJsonObject,
    problem: (value) => (isJsonObject(value) ? jsonObjectProblem(value, bounds) : 'must be a JSON object'),
    parse: (given) => {
      const object = parseJson(given);
      return isJsonObject(object) ? object : undefined;
    },
    parsed: 'must be a JSON object',
    missing: 'a JSON object',
  };
}

/** A conversation that ends with the judged answer. */
export function conversation(): FieldKind<readonly ChatMessage[]> {
  return {
    // What is in a message is checked below, for imports and GraphQL too.
    schema: { type: 'array', items: { type: 'object', additionalProperties: true, [DOCUMENTED_AS]: 'ChatMessage' } },
    is: isConversation,
    problem: (value) => (Array.isArray(value) ? undefined : `must be a list of 2 to ${MAX_TURNS} messages`),
    problemInside: conversationProblem,
    parse: (given) => {
      const messages = parseJson(given);
      // Checked as what it is, so that the place of what is wrong is named.
      return Array.isArray(messages) ? (messages as readonly ChatMessage[]) : undefined;
    },
    parsed: 'must be a list of messages',
    missing: 'a list of messages',
  };
}

/** A candidate by the names of REST. */
export interface WireCandidate {
  readonly answer: string;
  readonly adapter_id?: string;
  readonly model_version?: string;
}

const CANDIDATES_PROBLEM = `must be a list of 2 to ${MAX_CANDIDATES} candidates`;

/** The answers of a preference. */
export function candidateList(): NamedKind<readonly Candidate[], readonly WireCandidate[]> {
  const ofText = { type: ['string', 'null'] };
  const read = (given: unknown): unknown => (Array.isArray(given) ? given.map(readCandidate) : given);
  return {
    schema: {
      type: 'array',
      items: {
        title: 'Candidate',
        description: 'One of the answers of a preference, with either `answer` or `messages`.',
        type: 'object',
        properties: {
          answer: { ...ofText, description: 'The answer, not blank.' },
          messages: {
            type: ['array', 'null'],
            items: { type: 'object', additionalProperties: true, [DOCUMENTED_AS]: 'ChatMessage' },
            description: 'Instead: the conversation, of which the last message is the answer.',
          },
          adapter_id: { ...ofText, description: 'The LoRA adapter that gave the answer.' },
          model_version: { ...ofText, description: 'Version of the model that gave the answer.' },
        },
        additionalProperties: false,
      },
    },
    is: (value): value is readonly Candidate[] =>
      Array.isArray(value) && value.every((each) => isJsonObject(each) && isString(each.answer)),
    problem: (value) =>
      Array.isArray(value) && value.length >= 2 && value.length <= MAX_CANDIDATES ? undefined : CANDIDATES_PROBLEM,
    problemInside: (value, limits) => {
      for (const [place, candidate] of (value as readonly unknown[]).entries()) {
        const found = candidateProblem(candidate, limits);
        if (found !== undefined) return { ...found, at: `[${place}]${found.at}` };
      }
      return undefined;
    },
    parse: (given) => {
      const candidates = read(parseJson(given));
      // Checked as what they are, so that the place of what is wrong is named.
      return Array.isArray(candidates) ? (candidates as readonly Candidate[]) : undefined;
    },
    parsed: 'must be a list of candidates',
    missing: `a list of 2 to ${MAX_CANDIDATES} candidates`,
    wire: {
      read,
      write: (candidates) => (candidates as readonly Candidate[]).map(writeCandidate),
    },
  };
}

/** Fields that are not known stay, so that they can be named. */
function readCandidate(given: unknown): unknown {
  if (!isJsonObject(given)) return given;
  const { adapter_id: adapterId, model_version: modelVersion, ...rest } = given;
  return omitNullish({ ...rest, ...omitNullish({ adapterId, modelVersion }) });
}

/** @param candidate as it is stored, or as {@link readCandidate} left it */
function writeCandidate(candidate: Candidate): WireCandidate {
  if (!isJsonObject(candidate)) return candidate;
  const { adapterId, modelVersion, ...rest } = candidate;
  return { ...rest, ...omitNullish({ adapter_id: adapterId, model_version: modelVersion }) };
}

/** What a candidate of a submission may have, by the names of the schema. */
export const CANDIDATE_FIELDS: readonly string[] = ['answer', 'messages', 'adapterId', 'modelVersion'];

function candidateProblem(value: unknown, limits: EntryLimits | undefined): PlacedProblem | undefined {
  if (!isJsonObject(value)) return { at: '', problem: "must be a JSON object with 'answer' or 'messages'" };
  const unknown = unknownField(value, CANDIDATE_FIELDS, '', ['answer', 'messages', 'adapter_id', 'model_version']);
  if (unknown !== undefined) return unknown;
  const { answer, messages, adapterId, modelVersion }: { readonly [Name in keyof GivenCandidate]?: unknown } = value;
  const [hasAnswer, hasMessages] = [answer, messages].map((each) => each !== null && each !== undefined);
  if (hasAnswer === hasMessages) {
    return {
      at: '',
      problem: `must have either 'answer' or 'messages', not ${hasAnswer === true ? 'both' : 'neither'}`,
    };
  }
  if (hasAnswer === true) {
    const problem = isString(answer) ? requiredTextProblem(answer, limits) : 'must be a string';
    if (problem !== undefined) return { at: '.answer', problem };
  } else {
    const found = conversationProblem(messages, limits);
    if (found !== undefined) return { at: `.messages${found.at}`, problem: found.problem };
    const place = (messages as readonly ChatMessage[]).length - 1;
    if (!isAbsent((messages as readonly ChatMessage[])[place]?.tool_calls)) {
      return { at: `.messages[${place}].tool_calls`, problem: 'must be left out: answers are compared by their texts' };
    }
  }
  return idInside(adapterId, '.adapterId', adapterIdProblem) ?? idInside(modelVersion, '.modelVersion', idProblem);
}

function idInside(
  value: unknown,
  at: string,
  problemOf: (id: string) => string | undefined,
): PlacedProblem | undefined {
  if (value === null || value === undefined || (isString(value) && value.trim() === '')) return undefined;
  const problem = isString(value) ? problemOf(value) : 'must be a string';
  return problem === undefined ? undefined : { at, problem };
}

const PREFERRED_PROBLEM = `must be an integer from 0 to ${MAX_CANDIDATES - 1}, the place of a candidate, or ${TIE}`;

/** Which of some candidates is preferred. */
export function preferredPlace(): FieldKind<Preferred> {
  const is = (value: unknown): value is Preferred =>
    value === TIE || (Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) < MAX_CANDIDATES);
  return {
    schema: {
      anyOf: [
        { type: 'integer', minimum: 0, maximum: MAX_CANDIDATES - 1 },
        { type: 'string', const: TIE },
      ],
    },
    is,
    problem: (value) => (is(value) ? undefined : PREFERRED_PROBLEM),
    parse: (given) => {
      const meant = isString(given) ? given.trim().toLowerCase() : given;
      const place = isString(meant) && /^\d$/.test(meant) ? Number(meant) : meant;
      return is(place) ? place : undefined;
    },
    parsed: PREFERRED_PROBLEM,
    missing: `an integer from 0 to ${MAX_CANDIDATES - 1} or ${TIE}`,
  };
}

const MAX_TOOLS = 128;
const TOOL_BOUNDS = { bytes: 65_536, depth: 32 };

/** Definitions of tools, as the model was given them. */
export function toolList(): FieldKind<readonly JsonObject[]> {
  const is = (value: unknown): value is readonly JsonObject[] => Array.isArray(value) && value.every(isJsonObject);
  return {
    schema: { type: 'array', items: { type: 'object', additionalProperties: true }, maxItems: MAX_TOOLS },
    is,
    problem: (value) => {
      if (!is(value) || value.length > MAX_TOOLS) return `must be a list of at most ${MAX_TOOLS} JSON objects`;
      const problem = value.map((tool) => jsonObjectProblem(tool, TOOL_BOUNDS)).find((each) => each !== undefined);
      return problem === undefined ? undefined : `must be a list of JSON objects, each of which ${problem}`;
    },
    parse: (given) => {
      const tools = parseJson(given);
      return is(tools) ? tools : undefined;
    },
    parsed: 'must be a list of JSON objects',
    missing: 'a list of JSON objects',
  };
}

/** What a text of a table or of a command line means as JSON; other values are what they are. */
function parseJson(given: unknown): unknown {
  if (!isString(given)) return given;
  try {
    return JSON.parse(given);
  } catch {
    return undefined;
  }
}

function stringKind(problemOf: (value: string, limits?: EntryLimits) => string | undefined): FieldKind<string> {
  return {
    schema: { type: 'string' },
    is: isString,
    problem: (value, limits) => (isString(value) ? problemOf(value, limits) : 'must be a string'),
    parse: (given) => (isString(given) ? given : undefined),
    parsed: 'must be a string',
    missing: 'a string',
  };
}

function integerOrString(problemOf: (value: string) => string | undefined): FieldKind<string> {
  const kind = stringKind(problemOf);
  return {
    ...kind,
    parse: (given) => (Number.isSafeInteger(given) ? String(given) : kind.parse(given)),
    parsed: 'must be a string or an integer',
  };
}

function isString(value: unknown): value is string {
  return typeof value === 'string';
}
