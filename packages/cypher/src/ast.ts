import type { Value } from './value.js';

/** Every part of a query knows the offset `at` of its first character, for messages. */
export interface Query {
  readonly parts: readonly SingleQuery[];
  /** Between parts: whether repeated rows stay. All the same within one query. */
  readonly unionAll: boolean;
  readonly prefix?: 'explain' | 'profile';
}

export interface SingleQuery {
  readonly at: number;
  readonly clauses: readonly Clause[];
}

export type Clause = MatchClause | UnwindClause | ProjectionClause;

export interface MatchClause {
  readonly kind: 'match';
  readonly at: number;
  readonly optional: boolean;
  readonly patterns: readonly PathPattern[];
  readonly where?: Expression;
}

export interface UnwindClause {
  readonly kind: 'unwind';
  readonly at: number;
  readonly list: Expression;
  readonly variable: string;
}

/** `WITH` or `RETURN`. */
export interface ProjectionClause {
  readonly kind: 'with' | 'return';
  readonly at: number;
  readonly distinct: boolean;
  /** Whether `*` stands before the items. */
  readonly everything: boolean;
  readonly items: readonly ProjectionItem[];
  /** Our extension: what rows are grouped by, and which groups stay. */
  readonly groupBy?: readonly Expression[];
  readonly having?: Expression;
  readonly orderBy: readonly SortItem[];
  readonly skip?: Expression;
  readonly limit?: Expression;
  /** Of `WITH` only. */
  readonly where?: Expression;
}

export interface ProjectionItem {
  readonly at: number;
  readonly expression: Expression;
  /** The alias, or the text of the expression as it was written. */
  readonly name: string;
  readonly aliased: boolean;
}

export interface SortItem {
  readonly expression: Expression;
  readonly descending: boolean;
}

export interface PathPattern {
  readonly at: number;
  /** Name of the path. */
  readonly variable?: string;
  readonly nodes: readonly NodePatternAst[];
  /** One fewer than nodes. */
  readonly relationships: readonly RelationshipPatternAst[];
}

export interface NodePatternAst {
  readonly at: number;
  readonly variable?: string;
  readonly labels: readonly string[];
  readonly properties?: Expression;
}

export interface RelationshipPatternAst {
  readonly at: number;
  readonly variable?: string;
  readonly types: readonly string[];
  readonly direction: 'out' | 'in' | 'both';
  readonly properties?: Expression;
  /** Of a variable-length relationship; `most` is absent where it has no upper bound. */
  readonly length?: { readonly least: number; readonly most?: number };
}

export type ComparisonOperator = '=' | '<>' | '<' | '<=' | '>' | '>=';
export type ArithmeticOperator = '+' | '-' | '*' | '/' | '%' | '^';
export type Quantifier = 'all' | 'any' | 'none' | 'single';

/** Chains of one operator are lists, not nested, so that ten thousand of them are no deeper than one. */
export type Expression =
  | { readonly kind: 'literal'; readonly at: number; readonly value: Value }
  | { readonly kind: 'parameter'; readonly at: number; readonly name: string }
  | { readonly kind: 'variable'; readonly at: number; readonly name: string }
  | { readonly kind: 'property'; readonly at: number; readonly object: Expression; readonly name: string }
  | { readonly kind: 'labels'; readonly at: number; readonly object: Expression; readonly labels: readonly string[] }
  | { readonly kind: 'index'; readonly at: number; readonly object: Expression; readonly index: Expression }
  | {
      readonly kind: 'slice';
      readonly at: number;
      readonly object: Expression;
      readonly from?: Expression;
      readonly to?: Expression;
    }
  | { readonly kind: 'list'; readonly at: number; readonly items: readonly Expression[] }
  | { readonly kind: 'map'; readonly at: number; readonly entries: readonly MapEntry[] }
  | { readonly kind: 'not'; readonly at: number; readonly operand: Expression }
  | { readonly kind: 'logical'; readonly at: number; readonly operator: LogicalOperator; readonly operands: Operands }
  | {
      readonly kind: 'comparison';
      readonly at: number;
      readonly first: Expression;
      readonly rest: readonly { readonly operator: ComparisonOperator; readonly operand: Expression }[];
    }
  | {
      readonly kind: 'arithmetic';
      readonly at: number;
      readonly first: Expression;
      readonly rest: readonly {
        readonly operator: ArithmeticOperator;
        readonly operand: Expression;
        readonly at: number;
      }[];
    }
  | { readonly kind: 'negate'; readonly at: number; readonly operand: Expression; readonly negative: boolean }
  | { readonly kind: 'isNull'; readonly at: number; readonly operand: Expression; readonly negated: boolean }
  | {
      readonly kind: 'text';
      readonly at: number;
      readonly operator: 'starts with' | 'ends with' | 'contains';
      readonly left: Expression;
      readonly right: Expression;
    }
  | { readonly kind: 'in'; readonly at: number; readonly item: Expression; readonly list: Expression }
  | {
      readonly kind: 'case';
      readonly at: number;
      readonly subject?: Expression;
      readonly branches: readonly { readonly when: Expression; readonly then: Expression }[];
      readonly otherwise?: Expression;
    }
  | {
      readonly kind: 'call';
      readonly at: number;
      /** As written; functions are told apart without regard to case. */
      readonly name: string;
      readonly distinct: boolean;
      readonly args: readonly Expression[];
    }
  | { readonly kind: 'countAll'; readonly at: number }
  | {
      readonly kind: 'listComprehension';
      readonly at: number;
      readonly variable: string;
      readonly list: Expression;
      readonly where?: Expression;
      readonly map?: Expression;
    }
  | {
      readonly kind: 'quantifier';
      readonly at: number;
      readonly quantifier: Quantifier;
      readonly variable: string;
      readonly list: Expression;
      readonly where: Expression;
    }
  | {
      readonly kind: 'reduce';
      readonly at: number;
      readonly accumulator: string;
      readonly initial: Expression;
      readonly variable: string;
      readonly list: Expression;
      readonly step: Expression;
    }
  | { readonly kind: 'patternPredicate'; readonly at: number; readonly pattern: PathPattern }
  | {
      readonly kind: 'patternComprehension';
      readonly at: number;
      readonly pattern: PathPattern;
      readonly where?: Expression;
      readonly map: Expression;
    }
  | { readonly kind: 'exists'; readonly at: number; readonly query: Query; readonly simple: boolean }
  /** Written by the planner in place of what was computed before. */
  | { readonly kind: 'slot'; readonly at: number; readonly slot: number };

export type LogicalOperator = 'and' | 'or' | 'xor';
export type Operands = readonly Expression[];

export interface MapEntry {
  readonly key: string;
  readonly value: Expression;
}

export type ExpressionOf<Kind extends Expression['kind']> = Extract<Expression, { readonly kind: Kind }>;
