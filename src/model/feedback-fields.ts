/**
 * What a submission can say, field by field. Every field is submitted, validated, stored, shown, given to plugins, exported,
 * imported, verified and erased; the columns say what differs. A new one is a row here and its place in the classes of
 * src/graphql/types/feedback.ts, under the same name.
 */
import { FEEDBACK_TYPES } from './facets.js';
import { adapterIdentifier, enumeration, type FieldKind, identifier, requiredText, text } from './field-kinds.js';

interface FieldRow {
  /** Its name in REST, exports and imports, and as a property of nodes in `MATCH`. */
  readonly rest: string;
  /** The option of the terminal client. */
  readonly option: string;
  /** What values it takes. */
  readonly kind: FieldKind<unknown>;
  /** Whether a submission must have it. */
  readonly required?: true;
  /** Whether who submitted an entry may change it later. */
  readonly revisable?: true;
  /**
   * The parameter of lists and of the change feed that narrows them to one value, at the cost of a page: the field has an
   * index of its own.
   */
  readonly filter?: { readonly parameter: string; readonly description: string };
  /** What REST and the terminal client say of it in a submission. */
  readonly submitted: string;
  /** What REST says of it in an entry. */
  readonly shown: string;
}

/** What the user says, and where. */
export const JUDGEMENT_FIELDS = {
  type: {
    rest: 'type',
    option: '--type <type>',
    kind: enumeration(FEEDBACK_TYPES, {
      positive: ['up', 'thumbs_up', 'good', 'like', '1', 'true', 1, true],
      negative: ['down', 'thumbs_down', 'bad', 'dislike', '-1', '0', 'false', -1, 0, false],
    }),
    required: true,
    revisable: true,
    submitted: 'The judgement.',
    shown: 'The judgement.',
  },
  question: {
    rest: 'question',
    option: '--question <text>',
    kind: requiredText(),
    required: true,
    submitted: 'The original question: 1 to 10,000 characters, not blank.',
    shown: 'The original question.',
  },
  answer: {
    rest: 'answer',
    option: '--answer <text>',
    kind: requiredText(),
    required: true,
    submitted: "The model's response: 1 to 10,000 characters, not blank.",
    shown: "The model's response.",
  },
  userId: {
    rest: 'user_id',
    option: '--user <id>',
    kind: identifier(),
    filter: { parameter: 'user', description: 'User id, as the client named the user.' },
    submitted: 'Who gives the feedback: 1 to 256 bytes, as are all ids.',
    shown: 'Who gave the feedback, as the client named the user.',
  },
  interactionId: {
    rest: 'interaction_id',
    option: '--interaction <id>',
    kind: identifier(),
    filter: { parameter: 'interaction', description: 'Interaction id.' },
    submitted: 'Reference to the interaction with the model.',
    shown: 'Reference to the interaction with the model.',
  },
  correction: {
    rest: 'correction',
    option: '--correction <text>',
    kind: text(),
    revisable: true,
    submitted: 'The correct answer; for negative feedback.',
    shown: 'The correct answer.',
  },
  comment: {
    rest: 'comment',
    option: '--comment <text>',
    kind: text(),
    revisable: true,
    submitted: 'Additional comment.',
    shown: 'Additional comment.',
  },
} as const satisfies FieldTable;

/** What has answered, and what the client calls the entry. Filters by adapter are by links, whatever is submitted here. */
export const ORIGIN_FIELDS = {
  modelVersion: {
    rest: 'model_version',
    option: '--model <version>',
    kind: identifier(),
    filter: { parameter: 'model', description: 'Model version.' },
    submitted: 'The version of the model that answered.',
    shown: 'The version of the model that answered.',
  },
  adapterId: {
    rest: 'adapter_id',
    option: '--adapter <id>',
    kind: adapterIdentifier(),
    submitted: 'The LoRA adapter that answered; linked automatically.',
    shown: 'The LoRA adapter that answered.',
  },
  adapterVersion: {
    rest: 'adapter_version',
    option: '--adapter-version <version>',
    kind: identifier(),
    submitted: 'The version of that adapter.',
    shown: 'The version of that adapter.',
  },
  externalId: {
    rest: 'external_id',
    option: '--external-id <id>',
    kind: identifier(),
    submitted: 'An id of your own: submitting it again returns the entry that is there.',
    shown: "The client's own id.",
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

/** The fields of a table that have something in a column. */
export type FieldsWith<Column extends keyof FieldRow, Table extends FieldTable = typeof FEEDBACK_FIELDS> = {
  [Name in keyof Table]: Table[Name] extends Record<Column, unknown> ? Name : never;
}[keyof Table];

/** The fields of a kind. */
export type FieldsOfKind<Kind extends FieldKind<unknown>> = {
  [Name in FieldName]: (typeof FEEDBACK_FIELDS)[Name]['kind'] extends Kind ? Name : never;
}[FieldName];

export type FieldValue<Row extends FieldRow> = Row['kind'] extends FieldKind<infer Value> ? Value : never;

/** In the documented order. */
export const FIELDS = fieldsOf(FEEDBACK_FIELDS);

export interface FilterField extends Field {
  readonly name: FieldsWith<'filter'>;
  readonly filter: NonNullable<FieldRow['filter']>;
}

/** In the order in which lists document their parameters: what has answered first. */
export const FILTER_FIELDS = [ORIGIN_FIELDS, JUDGEMENT_FIELDS]
  .flatMap((table) => fieldsOf(table))
  .filter((field): field is FilterField => field.filter !== undefined);

/** The rows of a part of the table, in its order. */
export function fieldsOf(table: Partial<typeof FEEDBACK_FIELDS>): readonly Field[] {
  return Object.entries(table).map(([name, row]) => ({ ...row, name }) as Field);
}

/** The part of the table with something in a column. */
export function tableWith<Column extends keyof FieldRow>(
  column: Column,
): Pick<typeof FEEDBACK_FIELDS, FieldsWith<Column>> {
  const rows = Object.entries(FEEDBACK_FIELDS).filter(([, row]) => column in row);
  return Object.fromEntries(rows) as Pick<typeof FEEDBACK_FIELDS, FieldsWith<Column>>;
}
