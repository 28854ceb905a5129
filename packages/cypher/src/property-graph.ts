import type { NodeValue, RelationshipValue, Value } from './value.js';

/** With `'both'`, a relationship from a node to itself counts once. */
export type Direction = 'out' | 'in' | 'both';

/**
 * A condition on one property, compared as openCypher compares: a node that lacks the property, or has a value of another
 * kind, does not match. The value of `in` is a list, that of `starts with` a string.
 */
export interface PropertyFilter {
  readonly property: string;
  readonly operator: '=' | 'in' | '<' | '<=' | '>' | '>=' | 'starts with';
  readonly value: Value;
}

/** Describes the nodes that carry every label and meet every filter. */
export interface NodePattern {
  readonly labels: readonly string[];
  readonly filters: readonly PropertyFilter[];
}

/** The properties that the query reads of the nodes it requests. An implementation may leave out all others. */
export type NeededProperties = 'all' | readonly string[];

export interface NodeRequest extends NodePattern {
  readonly needed: NeededProperties;
  /** The maximum size of the page, at least 1. */
  readonly limit: number;
  /** The cursor of the previous page; absent for the first. */
  readonly cursor?: string;
  /** Set only to an order that {@link PropertyGraph.canOrder} accepted. */
  readonly order?: NodeOrder;
}

export interface NodeOrder {
  readonly property: string;
  readonly descending: boolean;
}

export interface NodePage {
  /** May be empty although a next page follows. */
  readonly nodes: readonly NodeValue[];
  /** Identifies the next page, in a format of the implementation's own; absent on the last page. */
  readonly cursor?: string;
  /** How many keys or records were read for the page; PROFILE shows it. */
  readonly reads: number;
}

export interface ExpandRequest {
  /** Ids of nodes; an id that does not exist has no relationships. */
  readonly from: readonly string[];
  /** The types to follow; empty for all. */
  readonly types: readonly string[];
  readonly direction: Direction;
  /** What the node at the far end must match. */
  readonly far: NodePattern;
  readonly needed: NeededProperties;
  /** Whether the query reads properties of the relationships; otherwise they may be left out. */
  readonly relationshipsNeeded: boolean;
  /** The maximum size of the page, at least 1. */
  readonly limit: number;
  readonly cursor?: string;
}

export interface Hop {
  /** The position of the start node in `from` of the request. */
  readonly from: number;
  readonly relationship: RelationshipValue;
  readonly node: NodeValue;
}

/** One page of hops, as {@link NodePage} is one of nodes. */
export interface HopPage {
  readonly hops: readonly Hop[];
  readonly cursor?: string;
  readonly reads: number;
}

export interface Count {
  readonly count: number;
  /** False for an estimate, which guides the planner and never becomes part of a result. */
  readonly exact: boolean;
}

/** Describes the relationships of `types` that lead from nodes that match `from`, in `direction`, to nodes that match `far`. */
export interface RelationshipPattern {
  readonly from: NodePattern;
  readonly types: readonly string[];
  readonly direction: Direction;
  readonly far: NodePattern;
}

/** How many nodes have the same values of the requested properties. */
export interface NodeGroup {
  /** In the order of the requested properties; null for nodes that lack one. */
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

/** Asks which two neighbours that match `far` have nodes of `through` in common, by relationships of one type. */
export interface NeighbourPairRequest {
  readonly through: NodePattern;
  readonly type: string;
  readonly direction: Direction;
  readonly far: NodePattern;
}

/** Two different neighbours, in either order, and how many nodes are related to both. */
export interface NeighbourPair {
  readonly ids: readonly [string, string];
  readonly count: number;
}

/**
 * The read-only graph that a query runs over. The first five methods are enough; the rest saves reads where a store can do
 * better. One call asks for many nodes at once, and answers in pages, so that a store can batch its reads.
 *
 * Whether all calls of one query see the same state of the store is up to the implementation. An error that a method
 * throws ends the query and reaches the caller of `runQuery` as it is, except a `QueryFault`, which becomes a `QueryError`.
 */
export interface PropertyGraph {
  /**
   * Returns one page of the nodes that carry every label and meet every filter of the request. Returning nodes that do
   * not match is allowed, because the executor checks them again; leaving out one that matches is not. Every node is
   * returned once over all pages.
   */
  nodes(request: NodeRequest): Promise<NodePage>;
  /** Returns the nodes with these ids, in the order of `ids`, and `undefined` in place of an id that does not exist. */
  nodesById(ids: readonly string[], needed: NeededProperties): Promise<readonly (NodeValue | undefined)[]>;
  /**
   * Returns one page of the relationships of the nodes in `from`, each with the node at its far end, ordered by the
   * position of their start in `from`. As with {@link nodes}, returning too many is allowed and too few is not.
   */
  expand(request: ExpandRequest): Promise<HopPage>;

  /**
   * Returns how many nodes match: exactly, or as an estimate for the planner. It is called while a query is planned, so it
   * must be cheap: a constant estimate is better than a scan.
   */
  countNodes(pattern: NodePattern): Promise<Count>;
  /**
   * Returns how many relationships match, under the same conditions. With the purpose `estimate`, an estimate will do even
   * where an exact number could be had at a higher cost.
   */
  countRelationships(pattern: RelationshipPattern, purpose: 'answer' | 'estimate'): Promise<Count>;

  /**
   * Whether {@link nodes} can return the nodes of the pattern in this order without reading all of them first. Without
   * the method, the executor sorts.
   */
  canOrder?(pattern: NodePattern, order: NodeOrder): boolean;
  /** Numbers that the store keeps up to date. Without them, the executor reads the nodes and counts. */
  readonly counters?: GraphCounters;
}

/**
 * Exact numbers that a store maintains, so that a query that only counts and groups reads no node. The planner asks the
 * `can…` method first and calls its partner only after a yes.
 */
export interface GraphCounters {
  /** Whether there are counters of the nodes of the pattern for each combination of values of these properties. */
  canGroupNodes(pattern: NodePattern, properties: readonly string[]): boolean;
  /** Returns a group for each combination of values that occurs. */
  groupNodes(pattern: NodePattern, properties: readonly string[]): Promise<readonly NodeGroup[]>;
  /** Whether there are such counters of the neighbours of each single node. */
  canGroupNeighbours(request: Omit<NeighbourGroupRequest, 'from'> & { readonly from: NodePattern }): boolean;
  /** Returns the groups of the neighbours of each node in `from`, in its order. */
  groupNeighbours(request: NeighbourGroupRequest): Promise<readonly (readonly NodeGroup[])[]>;
  /** Whether there are counters of how many nodes any two neighbours have in common. */
  canPairNeighbours(request: NeighbourPairRequest): boolean;
  /**
   * Returns every pair that has at least one node in common.
   * @throws {import('./query-error.js').QueryFault} if there are more pairs than the implementation can add up
   */
  pairNeighbours(request: NeighbourPairRequest): Promise<readonly NeighbourPair[]>;
}
