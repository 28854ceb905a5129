import type { Expression, PathPattern, Query } from './ast.js';

/** The expressions directly within one; those of subqueries with queries of their own are not among them. */
export function childExpressions(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case 'literal':
    case 'parameter':
    case 'variable':
    case 'countAll':
    case 'exists':
    case 'slot':
      return [];
    case 'property':
    case 'labels':
      return [expression.object];
    case 'index':
      return [expression.object, expression.index];
    case 'slice':
      return given(expression.object, expression.from, expression.to);
    case 'list':
      return expression.items;
    case 'map':
      return expression.entries.map(({ value }) => value);
    case 'not':
    case 'negate':
    case 'isNull':
      return [expression.operand];
    case 'logical':
      return expression.operands;
    case 'comparison':
    case 'arithmetic':
      return [expression.first, ...expression.rest.map(({ operand }) => operand)];
    case 'text':
      return [expression.left, expression.right];
    case 'in':
      return [expression.item, expression.list];
    case 'case': {
      const { subject, branches, otherwise } = expression;
      return given(subject, ...branches.flatMap(({ when, then }) => [when, then]), otherwise);
    }
    case 'call':
      return expression.args;
    case 'listComprehension':
      return given(expression.list, expression.where, expression.map);
    case 'quantifier':
      return [expression.list, expression.where];
    case 'reduce':
      return [expression.initial, expression.list, expression.step];
    case 'patternPredicate':
      return propertyMaps([expression.pattern]);
    case 'patternComprehension':
      return given(...propertyMaps([expression.pattern]), expression.where, expression.map);
  }
}

/** `expression` with parts replaced: what `replace` answers stands in place of a part, which is then not gone into. */
export function rewrite(expression: Expression, replace: (part: Expression) => Expression | undefined): Expression {
  const replaced = replace(expression);
  if (replaced !== undefined) return replaced;
  const inner = (part: Expression): Expression => rewrite(part, replace);
  const maybe = (part: Expression | undefined): Expression | undefined =>
    part === undefined ? undefined : inner(part);
  switch (expression.kind) {
    case 'property':
    case 'labels':
      return { ...expression, object: inner(expression.object) };
    case 'index':
      return { ...expression, object: inner(expression.object), index: inner(expression.index) };
    case 'slice':
      return withGiven(
        { ...expression, object: inner(expression.object) },
        { from: maybe(expression.from), to: maybe(expression.to) },
      );
    case 'list':
      return { ...expression, items: expression.items.map(inner) };
    case 'map':
      return { ...expression, entries: expression.entries.map(({ key, value }) => ({ key, value: inner(value) })) };
    case 'not':
    case 'negate':
    case 'isNull':
      return { ...expression, operand: inner(expression.operand) };
    case 'logical':
      return { ...expression, operands: expression.operands.map(inner) };
    case 'comparison':
      return {
        ...expression,
        first: inner(expression.first),
        rest: expression.rest.map((link) => ({ ...link, operand: inner(link.operand) })),
      };
    case 'arithmetic':
      return {
        ...expression,
        first: inner(expression.first),
        rest: expression.rest.map((link) => ({ ...link, operand: inner(link.operand) })),
      };
    case 'text':
      return { ...expression, left: inner(expression.left), right: inner(expression.right) };
    case 'in':
      return { ...expression, item: inner(expression.item), list: inner(expression.list) };
    case 'case':
      return withGiven(
        {
          ...expression,
          branches: expression.branches.map(({ when, then }) => ({ when: inner(when), then: inner(then) })),
        },
        { subject: maybe(expression.subject), otherwise: maybe(expression.otherwise) },
      );
    case 'call':
      return { ...expression, args: expression.args.map(inner) };
    case 'listComprehension':
      return withGiven(
        { ...expression, list: inner(expression.list) },
        { where: maybe(expression.where), map: maybe(expression.map) },
      );
    case 'quantifier':
      return { ...expression, list: inner(expression.list), where: inner(expression.where) };
    case 'reduce':
      return {
        ...expression,
        initial: inner(expression.initial),
        list: inner(expression.list),
        step: inner(expression.step),
      };
    case 'literal':
    case 'parameter':
    case 'variable':
    case 'countAll':
    case 'exists':
    case 'patternPredicate':
    case 'patternComprehension':
    case 'slot':
      return expression;
  }
}

function withGiven<Base, Extra extends Record<string, Expression | undefined>>(
  base: Base,
  extra: Extra,
): Base & { [Key in keyof Extra]?: Expression } {
  const present = Object.entries(extra).filter(([, value]) => value !== undefined);
  return { ...base, ...(Object.fromEntries(present) as { [Key in keyof Extra]?: Expression }) };
}

function given(...expressions: readonly (Expression | undefined)[]): readonly Expression[] {
  return expressions.filter((each) => each !== undefined);
}

export function propertyMaps(patterns: readonly PathPattern[]): readonly Expression[] {
  return patterns.flatMap(({ nodes, relationships }) =>
    [...nodes, ...relationships].flatMap(({ properties }) => (properties === undefined ? [] : [properties])),
  );
}

export function listVariables(patterns: readonly PathPattern[]): readonly string[] {
  return patterns.flatMap(({ variable, nodes, relationships }) =>
    [...nodes, ...relationships, { variable }].flatMap((each) => (each.variable === undefined ? [] : [each.variable])),
  );
}

/** Every name that is used as a variable anywhere within, also within subqueries; a superset of what it depends on. */
export function namesIn(expression: Expression, into = new Set<string>()): Set<string> {
  if (expression.kind === 'variable') into.add(expression.name);
  if (expression.kind === 'exists') namesInQuery(expression.query, into);
  if (expression.kind === 'patternPredicate' || expression.kind === 'patternComprehension') {
    for (const name of listVariables([expression.pattern])) into.add(name);
  }
  for (const child of childExpressions(expression)) namesIn(child, into);
  return into;
}

function namesInQuery(query: Query, into: Set<string>): void {
  for (const clause of query.parts.flatMap(({ clauses }) => clauses)) {
    if (clause.kind === 'unwind') namesIn(clause.list, into);
    else if (clause.kind === 'match') {
      for (const name of listVariables(clause.patterns)) into.add(name);
      for (const each of given(...propertyMaps(clause.patterns), clause.where)) namesIn(each, into);
    } else {
      for (const { expression } of [...clause.items, ...clause.orderBy]) namesIn(expression, into);
      for (const each of given(...(clause.groupBy ?? []), clause.having, clause.where)) namesIn(each, into);
    }
  }
}

/** Keys of parts, each made once: a query asks for those of parts within parts, at every level. */
const structureKeys = new WeakMap<object, string>();

/** The same for expressions that were written alike, wherever they stand. */
export function structureKey(expression: Expression): string {
  return keyOfStructure(expression);
}

function keyOfStructure(part: object): string {
  const known = structureKeys.get(part);
  if (known !== undefined) return known;
  const isList = Array.isArray(part);
  let key = isList ? '[' : '{';
  for (const [name, value] of Object.entries(part)) {
    if (name === 'at' || value === undefined) continue;
    key += `${isList ? '' : name}:${keyOfMember(value)},`;
  }
  key += isList ? ']' : '}';
  structureKeys.set(part, key);
  return key;
}

function keyOfMember(value: unknown): string {
  if (typeof value === 'object' && value !== null) return keyOfStructure(value);
  if (typeof value === 'string') return `${value.length}'${value}`;
  // A whole float and an integer are two things, and so are the two zeros.
  if (typeof value === 'number') return Object.is(value, -0) ? '-0f' : `${value}f`;
  return typeof value === 'bigint' ? `${value}n` : String(value);
}
