/** The table of fields as schemas of bodies and parameters, under their REST names. */
import { type TOptional, type TUnsafe, Type } from 'typebox';
import { TIME_KEYWORD } from '../http/schema-validation.js';
import {
  type FEEDBACK_FIELDS,
  type FieldsWith,
  type FieldTable,
  type FieldValue,
  FILTER_FIELDS,
  listFields,
  type WireValue,
} from '../model/feedback-fields.js';
import { MAX_TIME } from '../model/time.js';

type Fields = typeof FEEDBACK_FIELDS;

type FieldSchemas<Table extends FieldTable> = {
  [Name in keyof Table as Table[Name]['rest']]: Table[Name] extends { readonly required: true }
    ? TUnsafe<WireValue<Table[Name]>>
    : TOptional<TUnsafe<WireValue<Table[Name]>>>;
};

type SubmittedSchemas<Table extends FieldTable> = {
  [Name in keyof Table as Table[Name]['rest']]: TOptional<
    TUnsafe<WireValue<Table[Name]> | (Table[Name] extends { readonly required: true } ? never : null)>
  >;
};

/** The fields of an entry. */
export function shownSchemas<Table extends FieldTable & Partial<Fields>>(table: Table): FieldSchemas<Table> {
  const schemas = listFields(table).map(({ rest, kind, required, shown }) => {
    const schema = Type.Unsafe({ ...kind.schema, description: shown });
    return [rest, required ? schema : Type.Optional(schema)];
  });
  return Object.fromEntries(schemas) as FieldSchemas<Table>;
}

/** The fields of a submission, each of which may follow from others; null stands for an optional one without a value. */
export function submittedSchemas<Table extends FieldTable & Partial<Fields>>(table: Table): SubmittedSchemas<Table> {
  const schemas = listFields(table).map(({ rest, kind, required, submitted: description }) => [
    rest,
    Type.Optional(Type.Unsafe({ ...(required ? kind.schema : nullable(kind.schema)), description })),
  ]);
  return Object.fromEntries(schemas) as SubmittedSchemas<Table>;
}

function nullable({ type, enum: words, anyOf, ...schema }: Readonly<Record<string, unknown>>): Record<string, unknown> {
  if (Array.isArray(anyOf)) return { ...schema, anyOf: [...(anyOf as unknown[]), { type: 'null' }] };
  if (typeof type !== 'string') throw new TypeError('A field that may be null must be of one type');
  return { ...schema, type: [type, 'null'], ...(Array.isArray(words) && { enum: [...(words as unknown[]), null] }) };
}

type FilterSchemas = {
  [Name in FieldsWith<'filter'> as Fields[Name]['filter']['parameter']]: TOptional<TUnsafe<FieldValue<Fields[Name]>>>;
};

/** The parameters that filter a list by the value of a field. */
export function filterSchemas(): FilterSchemas {
  const schemas = FILTER_FIELDS.map(({ kind, filter: { parameter, description } }) => [
    parameter,
    Type.Optional(Type.Unsafe({ ...kind.schema, description })),
  ]);
  return Object.fromEntries(schemas) as FilterSchemas;
}

/** A time in a request: RFC 3339 or epoch ms, which handlers get as epoch ms. @param least epoch ms */
export function timeSchema(description: string, least = 0): TUnsafe<number> {
  return Type.Unsafe<number>({
    type: ['integer', 'string'],
    format: 'date-time',
    minimum: least,
    maximum: MAX_TIME,
    description: `${description}, in RFC 3339 or epoch milliseconds.`,
    [TIME_KEYWORD]: true,
  });
}

/** As {@link timeSchema}; null, as what is blank, stands for no time. */
export function optionalTimeSchema(description: string): TUnsafe<number | null> {
  return Type.Unsafe<number | null>({ ...timeSchema(description), type: ['integer', 'string', 'null'] });
}

/** The parameters that filter a list by when its entries were submitted. */
export const PERIOD_PARAMETERS = {
  since: Type.Optional(timeSchema('Only entries submitted at or after this time')),
  until: Type.Optional(timeSchema('Only entries submitted before this time')),
};

/** The same where a response repeats them. */
export const PERIOD_SHOWN = {
  since: Type.Optional(
    Type.Integer({ description: 'Only entries submitted at or after this time, in epoch milliseconds.' }),
  ),
  until: Type.Optional(
    Type.Integer({ description: 'Only entries submitted before this time, in epoch milliseconds.' }),
  ),
};
