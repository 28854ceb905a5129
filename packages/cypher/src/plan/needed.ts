import { childExpressions } from '../ast-walk.js';
import type { Expression, MatchClause, PathPattern, ProjectionClause, Query } from '../ast.js';
import type { NeededProperties } from '../property-graph.js';

/** What a query reads of what its variables stand for. */
export interface Needs {
  /** Of the node that a variable stands for; `own` are properties that the pattern itself compares. */
  readonly of: (variable: string | undefined, own: readonly string[]) => NeededProperties;
  /** Whether the value of a path is read. */
  readonly isRead: (variable: string) => boolean;
}

interface Use {
  whole: boolean;
  readonly properties: Set<string>;
}

/** Functions that ask for nothing but which node it is, or what it is labelled. */
const WITHOUT_PROPERTIES: ReadonlySet<string> = new Set([
  'count',
  'id',
  'elementid',
  'labels',
  'type',
  'exists',
  'length',
]);

/**
 * Names are taken for the same throughout the query, whatever hides them, so what is answered may be more than is read,
 * never less.
 */
export function analyzeNeeds(query: Query): Needs {
  const uses = new Map<string, Use>();
  /** From a name to the other names that what it stands for goes by later on. */
  const aliases = new Map<string, string[]>();
  let everything = false;

  const recordUse = (name: string): Use => {
    const use = uses.get(name) ?? { whole: false, properties: new Set() };
    uses.set(name, use);
    return use;
  };
  const isVariable = (expression: Expression | undefined): boolean => expression?.kind === 'variable';
  const visitAll = (expressions: readonly Expression[]): void => {
    for (const each of expressions) visit(each);
  };
  const visitUnlessVariable = (expressions: readonly Expression[]): void => {
    visitAll(expressions.filter((each) => !isVariable(each)));
  };
  const visit = (expression: Expression): void => {
    switch (expression.kind) {
      case 'variable':
        recordUse(expression.name).whole = true;
        return;
      case 'property':
        if (expression.object.kind === 'variable') recordUse(expression.object.name).properties.add(expression.name);
        else visit(expression.object);
        return;
      case 'labels':
      case 'isNull':
      case 'comparison':
      case 'in':
        visitUnlessVariable(childExpressions(expression));
        return;
      case 'call':
        if (WITHOUT_PROPERTIES.has(expression.name.toLowerCase())) visitUnlessVariable(expression.args);
        else visitAll(expression.args);
        return;
      case 'exists':
        visitQuery(expression.query);
        return;
      case 'patternPredicate':
        visitPatterns([expression.pattern]);
        return;
      case 'patternComprehension':
        visitPatterns([expression.pattern]);
        visitAll([expression.map, ...(expression.where === undefined ? [] : [expression.where])]);
        return;
      default:
        visitAll(childExpressions(expression));
    }
  };
  const visitPatterns = (patterns: readonly PathPattern[]): void => {
    for (const { nodes, relationships } of patterns) {
      for (const { variable, properties } of [...nodes, ...relationships]) {
        if (properties === undefined) continue;
        visitAll(childExpressions(properties));
        if (variable === undefined || properties.kind !== 'map') continue;
        for (const { key } of properties.entries) recordUse(variable).properties.add(key);
      }
    }
  };
  const visitMatch = ({ patterns, where }: MatchClause): void => {
    visitPatterns(patterns);
    if (where !== undefined) visit(where);
  };
  const visitProjection = (clause: ProjectionClause): void => {
    if (clause.everything && clause.kind === 'return') everything = true;
    for (const { expression, name } of clause.items) {
      if (expression.kind !== 'variable' || clause.kind === 'return') visit(expression);
      else if (name !== expression.name) aliases.set(expression.name, [...(aliases.get(expression.name) ?? []), name]);
    }
    // Nodes are grouped and sorted by what they are.
    visitUnlessVariable([...(clause.groupBy ?? []), ...clause.orderBy.map(({ expression }) => expression)]);
    for (const each of [clause.having, clause.where]) if (each !== undefined) visit(each);
  };
  const visitQuery = ({ parts }: Query): void => {
    for (const clause of parts.flatMap(({ clauses }) => clauses)) {
      if (clause.kind === 'match') visitMatch(clause);
      else if (clause.kind === 'unwind') visit(clause.list);
      else visitProjection(clause);
    }
  };
  visitQuery(query);

  const gather = (name: string, into: Use, visited: Set<string>): Use => {
    if (visited.has(name)) return into;
    visited.add(name);
    const use = uses.get(name);
    into.whole ||= use?.whole === true;
    for (const property of use?.properties ?? []) into.properties.add(property);
    for (const alias of aliases.get(name) ?? []) gather(alias, into, visited);
    return into;
  };
  return {
    of: (variable, own) => {
      if (variable === undefined) return own;
      if (everything) return 'all';
      const { whole, properties } = gather(variable, { whole: false, properties: new Set(own) }, new Set());
      return whole ? 'all' : [...properties];
    },
    isRead: (variable) => {
      const { whole, properties } = gather(variable, { whole: false, properties: new Set() }, new Set());
      return everything || whole || properties.size > 0;
    },
  };
}
