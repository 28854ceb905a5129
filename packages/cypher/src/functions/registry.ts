import { typeFault } from '../query-error.js';
import { kindOf, type Value } from '../value.js';
import { AGGREGATES } from './aggregates.js';
import { CONVERSION_FUNCTIONS } from './conversion.js';
import type { CallContext, FunctionDefinition } from './definition.js';
import { GRAPH_FUNCTIONS } from './graph.js';
import { LIST_FUNCTIONS } from './list.js';
import { MATHEMATICAL_FUNCTIONS } from './mathematical.js';
import { STRING_FUNCTIONS } from './string.js';

/** By names in lower case. A null argument makes the answer null, except where a function says otherwise. */
const FUNCTIONS: ReadonlyMap<string, FunctionDefinition> = new Map([
  ...[GRAPH_FUNCTIONS, LIST_FUNCTIONS, MATHEMATICAL_FUNCTIONS, STRING_FUNCTIONS, CONVERSION_FUNCTIONS].flatMap((each) =>
    Object.entries(each).map(([name, definition]): [string, FunctionDefinition] => [
      name.toLowerCase(),
      {
        ...definition,
        evaluate: nullIfAnyNull(definition, definition.evaluate),
        ...(definition.items !== undefined && { items: nullIfAnyNull(definition, definition.items) }),
      },
    ]),
  ),
  [
    'coalesce',
    { takes: ['any'], least: 1, most: Infinity, evaluate: (args) => args.find((arg) => arg !== null) ?? null },
  ],
  [
    'exists',
    { takes: ['any'], least: 1, most: 1, gives: 'boolean', evaluate: ([arg]) => arg !== null && arg !== false },
  ],
]);

/** Names of functions are told apart without regard to case. */
export function findFunction(name: string): FunctionDefinition | undefined {
  return FUNCTIONS.get(name.toLowerCase());
}

/** The names of all functions, aggregates included, in lower case. */
export function functionNames(): readonly string[] {
  return [...FUNCTIONS.keys(), ...AGGREGATES.keys()];
}

function nullIfAnyNull<Answer>(
  { takes }: FunctionDefinition,
  evaluate: (args: readonly Value[], context: CallContext) => Answer,
): (args: readonly Value[], context: CallContext) => Answer | null {
  return (args, context) => {
    if (args.includes(null)) return null;
    args.forEach((arg, index) => checkKind(arg, takes[Math.min(index, takes.length - 1)], context));
    return evaluate(args, context);
  };
}

function checkKind(
  arg: Value,
  kinds: FunctionDefinition['takes'][number] | undefined,
  { at, name }: CallContext,
): void {
  if (kinds === undefined || kinds === 'any') return;
  const kind = kindOf(arg);
  if (kind !== 'null' && !kinds.includes(kind)) {
    throw typeFault(`${name}() takes ${kinds.join(' or ')}, not ${kind}`, at);
  }
}
