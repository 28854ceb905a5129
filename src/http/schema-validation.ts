/** How requests are checked against the schemas of their routes, and what the user is told. */
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import type { SchemaValidateFunction } from 'ajv/dist/types/index.js';
import type { FastifySchemaCompiler } from 'fastify';
import type { TSchema } from 'typebox';
import type { Issue } from '../errors.js';
import { readTime, TIME_FORMS } from '../model/time.js';
import { RequestSchemaError } from './error-body.js';

/** A value with this keyword is a time, and is put into the request as epoch ms, in whatever form it came. */
export const TIME_KEYWORD = 'x-time';

/** Of many things that are wrong, as many are named. */
const NAMED_AT_MOST = 10;

/**
 * Compiles route schemas. Nothing is coerced in a body. In a query string, where all is text, integers and booleans are
 * read strictly: `1e3`, `+5` and `yes` are refused.
 */
export function createSchemaCompiler(): FastifySchemaCompiler<TSchema> {
  // The schemas are our own, and tests use them all: to check them against the meta-schema delays each start.
  const ajv = new Ajv({
    allErrors: true,
    coerceTypes: false,
    useDefaults: true,
    strict: false,
    // JSON may say 1e400, which is read as infinite.
    strictNumbers: true,
    meta: false,
    validateSchema: false,
    // What is a time is told by its own keyword.
    formats: { 'date-time': true },
  });
  ajv.addKeyword({ keyword: TIME_KEYWORD, modifying: true, errors: true, validate: validateTime });

  return ({ schema, httpPart }) => {
    // Compiled for the first request of its route: all of them would be a fifth of each start.
    let validate: ValidateFunction | undefined;
    const prepare = httpPart === 'querystring' ? queryReader(schema) : (value: unknown) => value;
    const part = httpPart === 'body' ? 'body' : 'parameter';
    return (input: unknown) => check((validate ??= ajv.compile(schema)), schema, part, prepare(input));
  };
}

const validateTime: SchemaValidateFunction = (_schema, value, property, context) => {
  if (typeof value !== 'string' && typeof value !== 'number') return true;
  const types: unknown = property?.['type'];
  const isNullable = Array.isArray(types) && types.includes('null');
  const isBlank = isNullable && typeof value === 'string' && value.trim() === '';
  const read = isBlank ? null : readTime(value);
  if (read === null || typeof read === 'number') {
    if (context !== undefined)
      (context.parentData as Record<string | number, unknown>)[context.parentDataProperty] = read;
    return true;
  }
  validateTime.errors = [{ keyword: TIME_KEYWORD, params: read }];
  return false;
};

function check(validate: ValidateFunction, schema: TSchema, part: 'body' | 'parameter', value: unknown) {
  if (validate(value)) return { value };
  const issues = (validate.errors ?? [])
    // That a condition does not hold is said by what it asks for.
    .filter(({ keyword }) => keyword !== 'if')
    .slice(0, NAMED_AT_MOST)
    .map((error) => toIssue(error, schema, part));
  const [first = { field: part, problem: 'is not allowed' }, ...rest] = unique(issues);
  return { error: new RequestSchemaError([first, ...rest]) };
}

function unique(issues: readonly Issue[]): Issue[] {
  return [...new Map(issues.map((issue) => [issue.field, issue])).values()];
}

interface PropertySchema {
  /** The type, and perhaps another one for what is null or was not read yet. */
  readonly type?: string | readonly [string, ...string[]];
  readonly [TIME_KEYWORD]?: boolean;
  readonly enum?: readonly (string | null)[];
  readonly anyOf?: readonly (PropertySchema & { readonly const?: string })[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly items?: PropertySchema;
  readonly properties?: Readonly<Record<string, PropertySchema>>;
}

function toIssue(error: ErrorObject, schema: PropertySchema, part: 'body' | 'parameter'): Issue {
  const timeProblem =
    error.keyword === TIME_KEYWORD ? (error.params as { readonly problem: string }).problem : undefined;
  const parent = error.instancePath.split('/').slice(1).map(unescapePointer);
  const params = error.params as { readonly missingProperty?: string; readonly additionalProperty?: string };
  if (params.missingProperty !== undefined) {
    const path = [...parent, params.missingProperty];
    return { field: fieldAt(schema, path), problem: allowed(propertyAt(schema, path)), missing: true };
  }
  if (params.additionalProperty !== undefined) {
    const known = Object.keys(propertyAt(schema, parent)?.properties ?? {}).join(', ');
    const name = params.additionalProperty.slice(0, 64).toWellFormed();
    return {
      field: fieldAt(schema, [...parent, name]),
      problem: `is not a known ${part === 'body' ? 'field' : 'parameter'}; known are ${known}`,
    };
  }
  if (parent.length === 0) return { field: 'body', problem: 'must be a JSON object' };
  return { field: fieldAt(schema, parent), problem: timeProblem ?? `must be ${allowed(propertyAt(schema, parent))}` };
}

function unescapePointer(token: string): string {
  return token.replaceAll('~1', '/').replaceAll('~0', '~');
}

/** A path as issues name fields: `candidates[0].answer`. */
function fieldAt(schema: PropertySchema, path: readonly string[]): string {
  return path.reduce((field, name, level) => {
    const isItem = propertyAt(schema, path.slice(0, level))?.items !== undefined;
    return isItem ? `${field}[${name}]` : field === '' ? name : `${field}.${name}`;
  }, '');
}

function propertyAt(schema: PropertySchema | undefined, path: readonly string[]): PropertySchema | undefined {
  return path.reduce<PropertySchema | undefined>((at, name) => at?.properties?.[name] ?? at?.items, schema);
}

/** The type that a value has once it is read. */
function typeOf(type: PropertySchema['type']): string | undefined {
  return type === undefined || typeof type === 'string' ? type : type[0];
}

/** What a schema allows, in words. */
function allowed(schema: PropertySchema | undefined): string {
  if (schema?.[TIME_KEYWORD] === true) return TIME_FORMS;
  const names =
    schema?.enum?.filter((each) => each !== null) ??
    schema?.anyOf?.flatMap((each) => each.const ?? (each.type === 'null' ? [] : allowed(each)));
  if (names !== undefined && names.length > 0) {
    return names.length === 1 ? names.join() : `${names.slice(0, -1).join(', ')} or ${names.at(-1) ?? ''}`;
  }
  const { type, minimum, maximum, minItems, maxItems } = schema ?? {};
  switch (typeOf(type)) {
    case 'integer':
      return `an integer from ${minimum ?? 0} to ${maximum ?? Number.MAX_SAFE_INTEGER}`;
    case 'number':
      return 'a number';
    case 'boolean':
      return 'true or false';
    case 'string':
      return 'a string';
    case 'object':
      return 'a JSON object';
    case 'array':
      return maxItems === undefined ? 'a list' : `a list of ${minItems ?? 0} to ${maxItems}`;
    default:
      return 'of another type';
  }
}

const INTEGER = /^-?(?:0|[1-9][0-9]{0,15})$/;

/** Reads the text of each query parameter as its schema's type; what cannot be read is left for the check to refuse. */
function queryReader(schema: PropertySchema): (value: unknown) => unknown {
  const types = new Map(
    Object.entries(schema.properties ?? {}).map(([name, property]) => [name, typeOf(property.type)]),
  );
  const times = new Set(
    Object.entries(schema.properties ?? {}).flatMap(([name, each]) => (each[TIME_KEYWORD] ? name : [])),
  );
  return (query) => {
    if (typeof query !== 'object' || query === null) return query;
    return Object.fromEntries(
      Object.entries(query).map(([name, value]: [string, unknown]) => {
        if (typeof value !== 'string') return [name, value];
        const type = types.get(name);
        if (type === 'integer' && INTEGER.test(value)) return [name, Number(value)];
        // A plus sign that nobody has percent-encoded is a blank in a query string.
        if (times.has(name)) return [name, value.replace(/ (?=\d\d:\d\d$)/, '+')];
        if (type === 'boolean' && (value === 'true' || value === 'false')) return [name, value === 'true'];
        return [name, value];
      }),
    );
  };
}
