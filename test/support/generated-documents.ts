/** Documents over a whole schema, valid ones, with the variables that a client might send along, null and omitted ones too. */
import fc from 'fast-check';
import {
  getNamedType,
  getNullableType,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLInputType,
  type GraphQLNamedOutputType,
  type GraphQLSchema,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isInputType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  type NamedTypeNode,
  type OperationDefinitionNode,
  type OperationTypeNode,
  typeFromAST,
} from 'graphql';

export interface GeneratedDocument {
  readonly text: string;
  readonly variables: Record<string, unknown>;
}

/** What values of a scalar type, or of an argument by its name, are taken from; a value that is no JSON is left out. */
export type Values = Readonly<Record<string, readonly unknown[]>>;

export interface GeneratorOptions {
  readonly schema: GraphQLSchema;
  readonly operation: OperationTypeNode;
  readonly values: Values;
  /** Levels of composite fields. */
  readonly depth: number;
}

/** Names that plain objects inherit, and others that code might trip over. */
const ODD_NAMES = ['constructor', 'toString', 'hasOwnProperty', '__proto__', 'valueOf', 'length', '_', 'then', 'query'];

export function generatedDocuments(options: GeneratorOptions): fc.Arbitrary<GeneratedDocument> {
  const nat = natBuilders();
  return fc.gen().map((draw) => writeDocument(options, (max) => draw(nat(max))));
}

/** What builds numbers up to a bound, for each bound one: fast-check compares the arguments of builders, one by one. */
function natBuilders(): (max: number) => () => fc.Arbitrary<number> {
  const builders = new Map<number, () => fc.Arbitrary<number>>();
  return (max) => {
    const known = builders.get(max);
    if (known !== undefined) return known;
    const builder = (): fc.Arbitrary<number> => fc.nat({ max });
    builders.set(max, builder);
    return builder;
  };
}

/** Variables of an operation, of their types; those that may be are omitted or null now and then. */
export function generatedVariables(
  schema: GraphQLSchema,
  { variableDefinitions = [] }: OperationDefinitionNode,
  values: Values,
): fc.Arbitrary<Record<string, unknown>> {
  const nat = natBuilders();
  return fc.gen().map((draw) => {
    const { json, chance } = valueWriter(values, (max) => draw(nat(max)));
    const given = variableDefinitions.flatMap(({ variable: { name }, type: node, defaultValue }) => {
      const type = typeFromAST(schema, node as NamedTypeNode);
      if (!isInputType(type)) throw new Error(`'${name.value}' has no input type`);
      const isOptional = !isNonNullType(type) || defaultValue !== undefined;
      if (isOptional && chance(40)) return [];
      return [[name.value, !isNonNullType(type) && chance(20) ? null : json(type, name.value, 2)]];
    });
    return Object.fromEntries(given) as Record<string, unknown>;
  });
}

/** Draws values of input types as JSON. */
function valueWriter(values: Values, nat: (max: number) => number) {
  const pick = <T>(from: readonly T[]): T => from[nat(from.length - 1)]!;
  const chance = (percent: number): boolean => nat(99) < percent;

  /** A value of the type as JSON. */
  const json = (type: GraphQLInputType, name: string, level: number): unknown => {
    if (isNonNullType(type)) return json(type.ofType, name, level);
    if (isListType(type)) {
      return Array.from({ length: nat(3) }, () => orNull(type.ofType, json(type.ofType, name, level)));
    }
    if (isEnumType(type)) return pick(type.getValues()).name;
    if (isInputObjectType(type)) {
      const fields = chosen(Object.values(type.getFields()), level);
      return Object.fromEntries(
        fields.map((field) => [field.name, orNull(field.type, json(field.type, field.name, level - 1))]),
      );
    }
    return pick(values[name] ?? values[type.name] ?? ['x']);
  };
  const orNull = (type: GraphQLInputType, value: unknown): unknown =>
    !isNonNullType(type) && chance(10) ? null : value;
  const isRequired = ({ type, defaultValue }: GraphQLArgument | GraphQLInputField): boolean =>
    isNonNullType(type) && defaultValue === undefined;
  const chosen = <Field extends GraphQLArgument | GraphQLInputField>(
    fields: readonly Field[],
    level: number,
  ): readonly Field[] => {
    // Of many about two, as each may be what makes all of them wrong.
    const percent = Math.min(30, 200 / fields.length);
    return fields.filter((field) => isRequired(field) || (level > 0 && chance(percent)));
  };

  return { pick, chance, json, chosen };
}

interface Variable {
  readonly name: string;
  readonly definition: string;
}

function writeDocument(
  { schema, operation, values, depth }: GeneratorOptions,
  nat: (max: number) => number,
): GeneratedDocument {
  const writer = valueWriter(values, nat);
  const { pick, chance } = writer;
  const variables: Variable[] = [];
  const given: Record<string, unknown> = {};
  const fragments: { readonly name: string; readonly on: string; readonly text: string }[] = [];
  const used = new Set<string>();
  const fresh = (prefix: string): string => {
    const odd = pick(ODD_NAMES);
    const name = chance(40) && !used.has(odd) ? odd : `${prefix}${used.size}`;
    used.add(name);
    return name;
  };

  const { json, chosen } = writer;

  /** A literal of a JSON value. */
  const literal = (value: unknown, type?: GraphQLInputType): string => {
    const named = type === undefined ? undefined : getNamedType(type);
    if (Array.isArray(value)) return `[${value.map((each) => literal(each, type)).join(', ')}]`;
    if (typeof value === 'object' && value !== null) {
      const fieldType = (name: string): GraphQLInputType | undefined =>
        isInputObjectType(named) ? named.getFields()[name]?.type : undefined;
      return `{${Object.entries(value)
        .map(([name, each]) => `${name}: ${literal(each, fieldType(name))}`)
        .join(', ')}}`;
    }
    return isEnumType(named) && typeof value === 'string' ? value : JSON.stringify(value);
  };

  /** Declares a variable for a place of this type, and answers its use. */
  const variable = (type: GraphQLInputType, name: string): string => {
    const own = fresh('v');
    const nullable = getNullableType(type);
    const withDefault = isNonNullType(type) ? chance(50) : chance(30);
    // What must not be null takes a variable that may be, if that has a default: and then it may be null after all.
    const declared = isNonNullType(type) && withDefault && chance(50) ? nullable : type;
    const fallback = withDefault ? ` = ${literal(json(nullable, name, 1), type)}` : '';
    variables.push({ name: own, definition: `$${own}: ${String(declared)}${fallback}` });
    const omitted = (withDefault || !isNonNullType(declared)) && chance(40);
    const value = !isNonNullType(declared) && chance(20) ? null : json(declared, name, 1);
    if (!omitted) Object.defineProperty(given, own, { value, enumerable: true, configurable: true, writable: true });
    return `$${own}`;
  };

  /** What is written at a place of this type: a variable, a literal, or one with variables inside. */
  const input = (type: GraphQLInputType, name: string, level: number): string => {
    if (chance(30)) return variable(type, name);
    if (!isNonNullType(type) && chance(10)) return 'null';
    const nullable = getNullableType(type);
    if (isListType(nullable)) {
      return `[${Array.from({ length: nat(3) }, () => input(nullable.ofType, name, level)).join(', ')}]`;
    }
    if (isInputObjectType(nullable)) {
      const fields = chosen(Object.values(nullable.getFields()), level);
      return `{${fields.map((field) => `${field.name}: ${input(field.type, field.name, level - 1)}`).join(', ')}}`;
    }
    if (nullable.name === 'JSONObject' && chance(60)) {
      const scalar = schema.getType(pick(['Int', 'String', 'DateTime', 'JSONObject', 'Boolean'])) as GraphQLInputType;
      return `{a: [${variable(scalar, '')}], constructor: ${variable(scalar, '')}, b: {c: ${variable(scalar, '')}, d: 1}}`;
    }
    return literal(json(nullable, name, level), nullable);
  };

  const directive = (): string => {
    if (!chance(12)) return '';
    const condition = chance(50) ? pick(['true', 'false']) : variable(schema.getDirective('skip')!.args[0]!.type, 'if');
    return ` @${pick(['skip', 'include'])}(if: ${condition})`;
  };

  const field = (each: GraphQLField<unknown, unknown>, level: number): string => {
    const args = chosen(each.args, 2).map(({ name, type }) => `${name}: ${input(type, name, 2)}`);
    // Two fields of one name can be merged where neither has arguments.
    const alias = each.args.length > 0 || chance(15) ? `${fresh('f')}: ` : '';
    const named = getNamedType(each.type);
    const below = isCompositeType(named) ? ` ${set(named, level - 1)}` : '';
    return `${alias}${each.name}${args.length > 0 ? `(${args.join(', ')})` : ''}${directive()}${below}`;
  };

  const set = (type: GraphQLNamedOutputType, level: number): string => `{ ${selections(type, level).join(' ')} }`;

  const selections = (type: GraphQLNamedOutputType, level: number): string[] => {
    if (!isObjectType(type) && !isInterfaceType(type)) return ['__typename'];
    const fields = Object.values(type.getFields()).filter(
      (each) => level > 0 || !isCompositeType(getNamedType(each.type)),
    );
    const parts = Array.from({ length: 1 + nat(2) }, () =>
      chance(8) || fields.length === 0 ? `__typename${directive()}` : field(pick(fields), level),
    );
    if (isInterfaceType(type) && level > 0) {
      for (const possible of schema.getPossibleTypes(type)) {
        if (chance(60)) parts.push(`... on ${possible.name}${directive()} ${set(possible, level - 1)}`);
      }
    }
    return parts.flatMap((part) => (chance(20) ? folded(type, part) : [part]));
  };

  /** The same selection in a fragment of either kind, which may be spread more than once. */
  const folded = (type: GraphQLNamedOutputType, part: string): string[] => {
    const interfaces = isObjectType(type) ? type.getInterfaces() : [];
    if (chance(40)) return [`...${pick(['', ` on ${type.name}`])}${directive()} { ${part} }`];
    const name = `F${fragments.length}`;
    fragments.push({ name, on: type.name, text: part });
    const spreads = Array.from({ length: 1 + nat(2) }, () => `...${name}${directive()}`);
    const through = interfaces[0];
    return through !== undefined && chance(30) ? [...spreads, `... on ${through.name} { ...${name} }`] : spreads;
  };

  const body = set(schema.getRootType(operation)!, depth);
  const declared = variables.map(({ definition }) => definition).join(', ');
  const head = `${operation}${variables.length > 0 ? ` (${declared})` : ''} ${body}`;
  return {
    text: [head, ...fragments.map(({ name, on, text }) => `fragment ${name} on ${on} { ${text} }`)].join(' '),
    variables: given,
  };
}
