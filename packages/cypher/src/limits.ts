/** UTF-16 units of a query. */
export const MAX_QUERY_LENGTH = 65_536;
/** Words, names, numbers, strings and symbols of a query: bounds what parsing, checking and planning it cost together. */
export const MAX_TOKENS = 4_096;
/** How deep expressions and subqueries may be nested; keeps the parser off the end of the stack. */
export const MAX_NESTING = 128;
export const MAX_CLAUSES = 128;
/** Nodes and relationships of the patterns of one clause together. */
export const MAX_PATTERN_ELEMENTS = 128;
/** Patterns, EXISTS and pattern comprehensions within the expressions of a query: each is planned on its own. */
export const MAX_SUBQUERIES = 128;
/** Items of one projection, and entries of one ORDER BY. */
export const MAX_ITEMS = 512;
/** Upper bound of a variable-length relationship that has one. */
export const MAX_HOPS = 1_000_000;
