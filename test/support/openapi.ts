import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';

interface Reference {
  readonly $ref: string;
}

interface Response {
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly content?: Readonly<Record<string, { readonly schema: unknown }>>;
}

interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly (Reference | { readonly in: string; readonly name: string })[];
  readonly requestBody?: unknown;
  readonly responses: Readonly<Record<string, Response | Reference>>;
}

/** As much of an OpenAPI description as the tests look at. */
export interface Description {
  readonly openapi: string;
  readonly info: Readonly<Record<string, unknown>>;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, unknown>>;
    readonly responses: Readonly<Record<string, Response>>;
    readonly headers: Readonly<Record<string, { readonly schema: unknown }>>;
  };
}

export interface DescribedOperation extends Operation {
  readonly method: string;
  readonly path: string;
  readonly statuses: readonly number[];
}

export function operationsOf({ paths }: Description): DescribedOperation[] {
  return Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => ({
      ...operation,
      method: method.toUpperCase(),
      path,
      statuses: Object.keys(operation.responses).map(Number),
    })),
  );
}

/**
 * What is wrong with answers by their description, nothing if they fit. Stricter than the description: a field that it
 * does not name is wrong, too.
 */
export function answerChecker(description: Description) {
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  ajv.addSchema({ $id: 'api', ...(closed(description) as object) });
  const compiled = new Map<string, ValidateFunction>();
  const compile = (schema: unknown): ValidateFunction => {
    const text = JSON.stringify(schema).replaceAll('"#/', '"api#/');
    const validate = compiled.get(text) ?? ajv.compile(closed(JSON.parse(text)) as object);
    compiled.set(text, validate);
    return validate;
  };
  const problems = (schema: unknown, value: unknown): string[] => {
    const validate = compile(schema);
    return validate(value)
      ? []
      : (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message ?? ''}`);
  };

  return (operation: DescribedOperation, answer: { status: number; headers: Headers; body: unknown }): string[] => {
    const described = operation.responses[String(answer.status)];
    if (described === undefined) return [`${answer.status} is not described`];
    const response =
      '$ref' in described ? description.components.responses[described.$ref.split('/').at(-1)!]! : described;
    const type = answer.headers.get('content-type')?.split(';')[0] ?? '';
    const media = response.content?.[type];
    if (media === undefined) return [`${type} is not described`];
    const wrongHeaders = Object.keys(response.headers ?? {}).flatMap((name) => {
      const value = answer.headers.get(name);
      if (value === null) return [];
      const { schema } = description.components.headers[name]!;
      const isNumber = (schema as { type: string }).type === 'integer';
      return problems(schema, isNumber ? Number(value) : value).map((problem) => `${name}: ${problem}`);
    });
    return [...problems(media.schema, answer.body), ...wrongHeaders];
  };
}

/** The same with every object schema that names its properties closed to others. */
function closed(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(closed);
  if (typeof part !== 'object' || part === null) return part;
  const copy = Object.fromEntries(Object.entries(part).map(([key, value]) => [key, closed(value)]));
  return copy['type'] === 'object' && 'properties' in copy ? { additionalProperties: false, ...copy } : copy;
}
