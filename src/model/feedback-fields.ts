/**
 * The fields of a submission. Every field is submitted, validated, stored, shown, given to plugins, exported, imported,
 * verified and erased; the columns hold what differs. To add a field, add a row here and a property of the same name to the
 * classes in src/graphql/types/feedback-content.ts.
 */
import { FEEDBACK_TYPES } from './facets.js';
import {
  adapterIdentifier,
  candidateList,
  conversation,
  enumeration,
  type FieldKind,
  identifier,
  jsonObject,
  type WireForm,
  preferredPlace,
  requiredText,
  scoreMap,
  tagList,
  text,
  toolList,
} from './field-kinds.js';

/** Who or what has judged. */
export const FEEDBACK_SOURCES = ['user', 'reviewer', 'import', 'llm', 'code'] as const;
export type FeedbackSource = (typeof FEEDBACK_SOURCES)[number];

interface FieldRow {
  /** Its name in REST, exports and imports, and as a property of nodes in `MATCH`. */
  readonly rest: string;
  /** The option of the terminal client. */
  readonly option: string;
  /** The values it accepts. */
  readonly kind: FieldKind<unknown>;
  /** Whether every entry has it: a submission includes it, or something that it follows from. */
  readonly required?: true;
  /** Whether the submitter of an entry may change it later. */
  readonly revisable?: true;
  /**
   * The parameter that filters lists and the change feed by this field. The field has its own index, so a filtered list
   * costs one page.
   */
  readonly filter?: { readonly parameter: string; readonly description: string };
  /** Its description in a submission, for REST and the terminal client. */
  readonly submitted: string;
  /** Its description in an entry, for REST. */
  readonly shown: string;
}

/** The user's judgement and its context. */
export const JUDGEMENT_FIELDS = {
  type: {
    rest: 'type',
    option: '--type <type>',
    kind: {
      ...enumeration(FEEDBACK_TYPES, {
        positive: ['up', 'thumbs_up', 'good', 'like', '1', 'true', 1, true],
        negative: ['down', 'thumbs_down', 'bad', 'dislike', '-1', '0', 'false', -1, 0, false],
      }),
      // That it is a preference follows from its candidates.
      missing: 'positive or negative',
    },
    required: true,
    revisable: true,
    submitted: 'The judgement. With `candidates`, it is a preference.',
    shown: 'The judgement: of one answer positive or negative, of several a preference.',
  },
  question: {
    rest: 'question',
    option: '--question <text>',
    kind: requiredText(),
    required: true,
    submitted: 'The original question, not blank. Omit it if there are `messages`: it is the last user message.',
    shown: 'The original question.',
  },
  answer: {
    rest: 'answer',
    option: '--answer <text>',
    kind: requiredText(),
    required: true,
    submitted: "The model's response, not blank. Omit it if there are `messages`: it is the last one.",
    shown: "The model's response.",
  },
  messages: {
    rest: 'messages',
    option: '--messages <json>',
    kind: conversation(),
    submitted:
      "Instead of `question` and `answer`: 2 to 500 messages in the form of OpenAI's chat API, of which the last one is the " +
      'judged answer.',
    shown: 'The conversation, if the entry was submitted with `messages`.',
  },
  tools: {
    rest: 'tools',
    option: '--tools <json>',
    kind: toolList(),
    submitted: "Definitions of the tools the model could call, in the format of OpenAI's chat API: at most 128.",
    shown: 'Definitions of the tools the model could call.',
  },
  candidates: {
    rest: 'candidates',
    option: '--candidates <json>',
    kind: candidateList(),
    submitted:
      'Instead of `answer`: 2 to 8 different answers, each as `answer` or as the `messages` that end with it, with the ' +
      'adapter and the model version that gave it. The entry is linked to each of the adapters.',
    shown: 'The answers of a preference. The answer of the entry is the preferred one, or the first of a tie.',
  },
  preferred: {
    rest: 'preferred',
    option: '--preferred <place>',
    kind: preferredPlace(),
    revisable: true,
    submitted: 'The place of the preferred candidate, counted from 0, or `tie` if none is better than the others.',
    shown: 'The place of the preferred candidate, counted from 0, or `tie`.',
  },
  userId: {
    rest: 'user_id',
    option: '--user <id>',
    kind: identifier(),
    filter: { parameter: 'user', description: 'Only entries from this user, as identified by the client.' },
    submitted: 'The user who gave the feedback, as identified by the client. Like all ids, 1 to 256 bytes.',
    shown: 'The user who gave the feedback, as identified by the client.',
  },
  interactionId: {
    rest: 'interaction_id',
    option: '--interaction <id>',
    kind: identifier(),
    filter: { parameter: 'interaction', description: 'Only entries about this interaction.' },
    submitted: 'The interaction with the model that the feedback is about.',
    shown: 'The interaction with the model that the feedback is about.',
  },
  conversationId: {
    rest: 'conversation_id',
    option: '--conversation <id>',
    kind: identifier(),
    filter: { parameter: 'conversation', description: 'Only entries about interactions of this conversation.' },
    submitted: 'The conversation that the interaction belongs to.',
    shown: 'The conversation that the interaction belongs to.',
  },
  correction: {
    rest: 'correction',
    option: '--correction <text>',
    kind: text(),
    revisable: true,
    submitted: 'The correct answer, for negative feedback.',
    shown: 'The correct answer.',
  },
  comment: {
    rest: 'comment',
    option: '--comment <text>',
    kind: text(),
    revisable: true,
    submitted: 'An additional comment.',
    shown: 'An additional comment.',
  },
  reason: {
    rest: 'reason',
    option: '--reason <text>',
    kind: text(),
    revisable: true,
    submitted: "The user's reason, often one of the choices in a form.",
    shown: "The user's reason.",
  },
  tags: {
    rest: 'tags',
    option: '--tags <tags>',
    kind: tagList(),
    revisable: true,
    submitted: 'Distinct tags: at most 32, of 1 to 256 bytes each.',
    shown: 'Tags of the entry.',
  },
  scores: {
    rest: 'scores',
    option: '--scores <json>',
    kind: scoreMap(),
    revisable: true,
    submitted: 'Scores by name, at most 32: each a number, a boolean or a category.',
    shown: 'Scores by name: each a number, a boolean or a category.',
  },
  metadata: {
    rest: 'metadata',
    option: '--metadata <json>',
    kind: jsonObject({ bytes: 16_384, depth: 16 }),
    revisable: true,
    submitted: 'Other data to store with the entry: a JSON object of at most 16 KiB.',
    shown: 'Other data that the client stores with the entry.',
  },
} as const satisfies FieldTable;

/** The origin of the answer and of the judgement, and the client's id. Lists filter by linked adapters, not by the adapter submitted here. */
export const ORIGIN_FIELDS = {
  modelVersion: {
    rest: 'model_version',
    option: '--model <version>',
    kind: identifier(),
    filter: { parameter: 'model', description: 'Only entries about answers from this model version.' },
    submitted: 'Version of the model that gave the answer.',
    shown: 'Version of the model that gave the answer.',
  },
  adapterId: {
    rest: 'adapter_id',
    option: '--adapter <id>',
    kind: adapterIdentifier(),
    submitted: 'The LoRA adapter that gave the answer. The entry is linked to it automatically.',
    shown: 'The LoRA adapter that gave the answer.',
  },
  adapterVersion: {
    rest: 'adapter_version',
    option: '--adapter-version <version>',
    kind: identifier(),
    submitted: 'Version of the adapter.',
    shown: 'Version of the adapter.',
  },
  source: {
    rest: 'source',
    option: '--source <source>',
    kind: enumeration(FEEDBACK_SOURCES),
    filter: { parameter: 'source', description: 'Only entries from this source.' },
    submitted:
      'Who or what gave the judgement: a user, a reviewer, an import, another model (llm) or a program (code).',
    shown: 'Who or what gave the judgement.',
  },
  responseId: {
    rest: 'response_id',
    option: '--response <id>',
    kind: identifier(),
    submitted: 'Id of the response, as assigned by the model or its provider.',
    shown: 'Id of the response, as assigned by the model or its provider.',
  },
  traceId: {
    rest: 'trace_id',
    option: '--trace <id>',
    kind: identifier(),
    submitted: 'The OpenTelemetry trace in which the answer was generated.',
    shown: 'The OpenTelemetry trace in which the answer was generated.',
  },
  spanId: {
    rest: 'span_id',
    option: '--span <id>',
    kind: identifier(),
    submitted: 'The span within that trace.',
    shown: 'The span within that trace.',
  },
  externalId: {
    rest: 'external_id',
    option: '--external-id <id>',
    kind: identifier(),
    submitted:
      "The client's own id for the entry. Submitting the same id again returns the existing entry, updated if the submission differs.",
    shown: "The client's own id for the entry, if it supplied one.",
  },
} as const satisfies FieldTable;

export const FEEDBACK_FIELDS = { ...JUDGEMENT_FIELDS, ...ORIGIN_FIELDS };

export type FieldTable = Readonly<Record<string, FieldRow>>;
export type FieldName = keyof typeof FEEDBACK_FIELDS;
export type RestName = (typeof FEEDBACK_FIELDS)[FieldName]['rest'];

/** A field with its row. */
export interface Field extends FieldRow {
  readonly name: FieldName;
  readonly rest: RestName;
}

/** The names of the fields in a table that have a value in a column. */
export type FieldsWith<Column extends keyof FieldRow, Table extends FieldTable = typeof FEEDBACK_FIELDS> = {
  [Name in keyof Table]: Table[Name] extends Record<Column, unknown> ? Name : never;
}[keyof Table];

/** The names of the fields of a kind. */
export type FieldsOfKind<Kind extends FieldKind<unknown>> = {
  [Name in FieldName]: (typeof FEEDBACK_FIELDS)[Name]['kind'] extends Kind ? Name : never;
}[FieldName];

export type FieldValue<Row extends FieldRow> = Row['kind'] extends FieldKind<infer Value> ? Value : never;

/** The value by the names of REST, where it has names inside. */
export type WireValue<Row extends FieldRow> = Row['kind'] extends { readonly wire: WireForm<infer Wire> }
  ? Wire
  : FieldValue<Row>;

/** In the documented order. */
export const FIELDS = listFields(FEEDBACK_FIELDS);

export interface FilterField extends Field {
  readonly name: FieldsWith<'filter'>;
  readonly filter: NonNullable<FieldRow['filter']>;
}

/** In the order in which lists document their parameters: origin first. */
export const FILTER_FIELDS = [ORIGIN_FIELDS, JUDGEMENT_FIELDS]
  .flatMap((table) => listFields(table))
  .filter((field): field is FilterField => field.filter !== undefined);

/** The rows of a part of the table, in table order. */
export function listFields(table: Partial<typeof FEEDBACK_FIELDS>): readonly Field[] {
  return Object.entries(table).map(([name, row]) => ({ ...row, name }) as Field);
}

/** The part of the table with a value in a column. */
export function tableWith<Column extends keyof FieldRow>(
  column: Column,
): Pick<typeof FEEDBACK_FIELDS, FieldsWith<Column>> {
  const rows = Object.entries(FEEDBACK_FIELDS).filter(([, row]) => column in row);
  return Object.fromEntries(rows) as Pick<typeof FEEDBACK_FIELDS, FieldsWith<Column>>;
}
