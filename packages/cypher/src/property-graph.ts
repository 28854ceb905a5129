import type { NodeValue, RelationshipValue, Value } from './value.js';

/** `'both'` gives a relationship that leads from a node to itself once. */
export type Direction = 'out' | 'in' | 'both';

/**
 * A condition on one property, with the language's own comparison: a node without the property, or with one of another
 * kind, does not meet it. The value of `in` is a list; those of `starts with` are strings.
 */
export interface PropertyFilter {
  readonly property: string;
  readonly operator: '=' | 'in' | '<' | '<=' | '>' | '>=' | 'starts with';
  readonly value: Value;
}

/** Which nodes are meant: those that carry every label and meet every filter. */
export interface NodePattern {
  readonly labels: readonly string[];
  readonly filters: readonly PropertyFilter[];
}

/** The properties that the query reads of the nodes it asks for. Others may be left out, so that no record is read for them. */
export type NeededProperties = 'all' | readonly string[];

export interface NodeRequest extends NodePattern {
  readonly needed: NeededProperties;
  /** The most nodes to answer with, at least 1. */
  readonly limit: number;
  /** Where the page before ended. */
  readonly cursor?: string;
  /** Only an order for which {@link PropertyGraph.canOrder} said yes. */
  readonly order?: NodeOrder;
}

export interface NodeOrder {
  readonly property: string;
  readonly descending: boolean;
}

/**
 * `nodes` may hold more than the pattern names (the executor checks again), never fewer; a page may be empty and have a
 * next one. `cursor` is there as long as more may follow. `reads` counts the keys or records that were read for it.
 */
export interface NodePage {
  readonly nodes: readonly NodeValue[];
  readonly cursor?: string;
  readonly reads: number;
}

export interface ExpandRequest {
  /** Ids of nodes; one that is not there has no relationships. */
  readonly from: readonly string[];
  /** Empty for every type. */
  readonly types: readonly string[];
  readonly direction: Direction;
  /** What the node at the far end has to be. */
  readonly far: NodePattern;
  readonly needed: NeededProperties;
  /** Whether properties of the relationships are read; without it they may be left out. */
  readonly relationshipsNeeded: boolean;
  /** The most hops to answer with, at least 1. */
  readonly limit: number;
  readonly cursor?: string;
}

export interface Hop {
  /** Index into `from` of the request. */
  readonly from: number;
  readonly relationship: RelationshipValue;
  readonly node: NodeValue;
}

/** As {@link NodePage}. */
export interface HopPage {
  readonly hops: readonly Hop[];
  readonly cursor?: string;
  readonly reads: number;
}

/** `exact` is false of an estimate, which only the planner may use. */
export interface Count {
  readonly count: number;
  readonly exact: boolean;
}

/** Relationships of `types` in `direction` of the nodes of `from` whose far end is `far`. */
export interface RelationshipPattern {
  readonly from: NodePattern;
  readonly types: readonly string[];
  readonly direction: Direction;
  readonly far: NodePattern;
}

/** How many nodes have these values of the properties that were asked for, in their order; null where one has none. */
export interface NodeGroup {
  readonly values: readonly Value[];
  readonly count: number;
}

export interface NeighbourGroupRequest {
  readonly from: readonly string[];
  readonly types: readonly string[];
  readonly direction: Direction;
  readonly far: NodePattern;
  readonly properties: readonly string[];
}

/** Nodes that have two neighbours each, by relationships of one type. */
export interface NeighbourPairRequest {
  readonly through: NodePattern;
  readonly type: string;
  readonly direction: Direction;
  readonly far: NodePattern;
}

/** Two different neighbours, in one of their two orders, and how many nodes have both. */
export interface NeighbourPair {
  readonly ids: readonly [string, string];
  readonly count: number;
}

/**
 * The read-only graph that a query runs over: implement it over your store, or take the one of `memory-graph.ts`. Reads are batched: one call per level and page, however many nodes there are. Answers of one graph object are
 * as consistent as its implementation says.
 */
export interface PropertyGraph {
  nodes(request: NodeRequest): Promise<NodePage>;
  /** In the order of `ids`; `undefined` for one that is not there. */
  nodesById(ids: readonly string[], needed: NeededProperties): Promise<readonly (NodeValue | undefined)[]>;
  /** Hops come in the order of `from`. */
  expand(request: ExpandRequest): Promise<HopPage>;

  /** How many nodes there are, from counters; an estimate where counters do not say. Cheap. */
  countNodes(pattern: NodePattern): Promise<Count>;
  /**
   * How many such relationships there are, from counters; an estimate where counters do not say, or where an estimate is
   * enough and costs less. Cheap.
   */
  countRelationships(pattern: RelationshipPattern, purpose: 'answer' | 'estimate'): Promise<Count>;

  /** Whether {@link nodes} can answer in this order without reading everything first. */
  canOrder(pattern: NodePattern, order: NodeOrder): boolean;
  /** Whether counters hold how many nodes there are by each combination of values of these properties. */
  canGroupNodes(pattern: NodePattern, properties: readonly string[]): boolean;
  groupNodes(pattern: NodePattern, properties: readonly string[]): Promise<readonly NodeGroup[]>;
  /** Whether counters hold the same of the neighbours of each node. */
  canGroupNeighbours(request: Omit<NeighbourGroupRequest, 'from'> & { readonly from: NodePattern }): boolean;
  /** For each node of `from`, in its order. */
  groupNeighbours(request: NeighbourGroupRequest): Promise<readonly (readonly NodeGroup[])[]>;
  /** Whether counters hold how many nodes every two neighbours share. */
  canPairNeighbours(request: NeighbourPairRequest): boolean;
  /** All pairs that share any. @throws {import('./query-error.js').QueryFault} where that is more than can be added up */
  pairNeighbours(request: NeighbourPairRequest): Promise<readonly NeighbourPair[]>;
}
