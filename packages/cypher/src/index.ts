/** Read-only openCypher over a {@link PropertyGraph}: what the package exports. */
export { rowsToJson } from './answer.js';
export { functionNames } from './functions/registry.js';
export { fromJson, type JsonValue, toJson } from './json.js';
export { hasType, createNodeMatcher } from './pattern-match.js';
export type {
  Count,
  Direction,
  ExpandRequest,
  GraphCounters,
  Hop,
  HopPage,
  NeededProperties,
  NeighbourGroupRequest,
  NeighbourPair,
  NeighbourPairRequest,
  NodeGroup,
  NodeOrder,
  NodePage,
  NodePattern,
  NodeRequest,
  PropertyFilter,
  PropertyGraph,
  RelationshipPattern,
} from './property-graph.js';
export { type SourceLocation, QueryError, type QueryErrorKind, QueryFault } from './query-error.js';
export {
  type Budget,
  DEFAULT_BUDGET,
  type PlanStep,
  type QueryResult,
  runQuery,
  type RunOptions,
  timedTurns,
  type Turns,
} from './run.js';
export {
  isList,
  isMap,
  isNode,
  isNumber,
  isPath,
  isRelationship,
  kindOf,
  type MapValue,
  type NodeValue,
  type PathValue,
  type Properties,
  type RelationshipValue,
  type Value,
  type ValueKind,
} from './value.js';
export { equivalenceKey } from './compare.js';
