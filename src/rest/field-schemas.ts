/** The table of fields as schemas of bodies and parameters, under their REST names. */
import { type TOptional, type TUnsafe, Type } from 'typebox';
import {
  type FEEDBACK_FIELDS,
  type FieldsWith,
  type FieldTable,
  type FieldValue,
  FILTER_FIELDS,
  listFields,
} from '../model/feedback-fields.js';

type Fields = typeof FEEDBACK_FIELDS;

type FieldSchemas<Table extends FieldTable> = {
  [Name in keyof Table as Table[Name]['rest']]: Table[Name] extends { readonly required: true }
    ? TUnsafe<FieldValue<Table[Name]>>
    : TOptional<TUnsafe<FieldValue<Table[Name]>>>;
};

type SubmittedSchemas<Table extends FieldTable> = {
  [Name in keyof Table as Table[Name]['rest']]: TOptional<TUnsafe<FieldValue<Table[Name]>>>;
};

/** The fields of an entry. */
export function shownSchemas<Table extends FieldTable & Partial<Fields>>(table: Table): FieldSchemas<Table> {
  const schemas = listFields(table).map(({ rest, kind, required, shown }) => {
    const schema = Type.Unsafe({ ...kind.schema, description: shown });
    return [rest, required ? schema : Type.Optional(schema)];
  });
  return Object.fromEntries(schemas) as FieldSchemas<Table>;
}

/** The fields of a submission, each of which may follow from others. */
export function submittedSchemas<Table extends FieldTable & Partial<Fields>>(table: Table): SubmittedSchemas<Table> {
  const schemas = listFields(table).map(({ rest, kind, submitted }) => [
    rest,
    Type.Optional(Type.Unsafe({ ...kind.schema, description: submitted })),
  ]);
  return Object.fromEntries(schemas) as SubmittedSchemas<Table>;
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

/** The largest epoch ms that a JavaScript date can hold (ECMA-262, "Time Values"). */
const MAX_TIME = 8_640_000_000_000_000;

/** The parameters that filter a list by when its entries were submitted. */
export const PERIOD_PARAMETERS = {
  since: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: MAX_TIME,
      description: 'Only entries submitted at or after this time, in epoch milliseconds.',
    }),
  ),
  until: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: MAX_TIME,
      description: 'Only entries submitted before this time, in epoch milliseconds.',
    }),
  ),
};
