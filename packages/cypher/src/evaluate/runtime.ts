import { argumentFault } from '../query-error.js';
import type { Value } from '../value.js';
import type { Extent } from './extent.js';

/** The values of a query's variables, each in its slot. A slot that is not filled yet is `undefined`. */
export type Row = Value[];

/** What an expression is while a query runs. @throws {Pending} where it needs what only the graph knows. */
export type Evaluate = (row: Row, runtime: Runtime) => Value;

/** Something that the graph has to be asked for before an expression can be evaluated. */
export type Question =
  | { readonly kind: 'node'; readonly id: string }
  /** `subquery` is the number that the planner gave it; `row` holds the variables that it starts from. */
  | { readonly kind: 'subquery'; readonly subquery: number; readonly row: Row };

/**
 * Thrown by an expression that waits for an answer: the executor collects the questions of a whole batch of rows, has
 * the graph answer them together, and evaluates again.
 */
export class Pending extends Error {
  constructor(
    readonly key: string,
    readonly question: Question,
  ) {
    super('An expression waits for the graph');
  }
}

/** What a loop goes through: a list, or what makes each item as it is asked for, so that none is held. */
export interface Items {
  readonly length: number;
  readonly at: (index: number) => Value | undefined;
}

/** A loop of an expression over the items of a list, which can be left and gone on with between two items. */
export interface Loop {
  readonly items: Items;
  /** Items that are done with. */
  index: number;
  /** Does with the next item, and throws what its expression throws: it can then be called again. */
  readonly step: (item: Value) => void;
  readonly result: () => Value;
}

/** A place of a query where a loop stands. */
export type LoopSite = object;

/**
 * Thrown by a loop that would hold up other work of the thread: the executor goes on with it in slices, and evaluates the
 * expression around it again once {@link Runtime.loops} has its result.
 */
export class LongLoop extends Error {
  constructor(
    readonly site: LoopSite,
    readonly loop: Loop,
    /** What it has taken of {@link Runtime.work}, its list included. */
    readonly work: number,
  ) {
    super('A loop of an expression goes on for long');
  }
}

/** What expressions share while one query runs. */
export interface Runtime {
  readonly parameters: ReadonlyMap<string, Value>;
  /** Answers to {@link Question}s by their keys. */
  readonly answers: Map<string, Value>;
  /** Roughly the bytes of the answers. */
  heldBytes: number;
  /** Items that lists may still be made or gone through by expressions, and what else costs as much as one. */
  work: number;
  /** Items of lists and maps that the query writes out, made so far: they take memory as others do, but cost no work. */
  written: number;
  /** Results of the loops that went on for long in the expression that is being evaluated; each stands for one loop. */
  loops: ReadonlyMap<LoopSite, Value>;
  /** Whether a loop has to be left to the executor; gets how many parts of expressions the loop has evaluated since. */
  isLong: (evaluated: number) => boolean;
  /** What is known of the lists and maps that were measured. */
  readonly extents: WeakMap<object, Extent>;
  readonly random: () => number;
  /** Epoch ms at which the query started. */
  readonly startedAt: number;
}

/** List items that the expressions of one row may go through. */
export const MAX_WORK = 100_000;
export const NO_LOOPS: ReadonlyMap<LoopSite, Value> = new Map();

/** Counts `items` of work. @throws {import('../query-error.js').QueryFault} when all is spent. */
export function spend(runtime: Runtime, items: number): void {
  runtime.work -= items;
  if (runtime.work < 0) {
    throw argumentFault(
      'WorkBudgetSpent',
      `An expression of the query exceeded its work budget: it may process at most ${MAX_WORK} list items`,
    );
  }
}

export function requireAnswer(runtime: Runtime, key: string, question: () => Question): Value {
  const answer = runtime.answers.get(key);
  if (answer === undefined) throw new Pending(key, question());
  return answer;
}
