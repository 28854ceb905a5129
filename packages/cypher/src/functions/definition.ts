import type { Items, Runtime } from '../evaluate/runtime.js';
import type { Value, ValueKind } from '../value.js';

/** Where a function is called, for its messages. */
export interface CallContext {
  readonly runtime: Runtime;
  readonly at: number;
  /** As written in the query. */
  readonly name: string;
}

export type Kinds = readonly Exclude<ValueKind, 'null'>[];

/** A static type of what a function answers with; absent where it depends. */
export type ResultKind = Exclude<ValueKind, 'null'>;

export interface FunctionDefinition {
  /** What each argument may be besides null; the last stands for all that follow. */
  readonly takes: readonly (Kinds | 'any')[];
  readonly least: number;
  readonly most: number;
  readonly gives?: ResultKind;
  readonly evaluate: (args: readonly Value[], context: CallContext) => Value;
  /** What it answers, for a loop that asks for one item after the other; at the same price as a list. */
  readonly items?: (args: readonly Value[], context: CallContext) => Items | null;
}

export const NUMBER: Kinds = ['integer', 'float'];
export const STRING: Kinds = ['string'];
export const INTEGER: Kinds = ['integer'];
