/** What the load replaces in the body of a request by a text that it has never sent before. */
export const FRESH = '{fresh}';
