const ADD =
  "use the mutation 'submitFeedback' to add feedback, 'registerAdapter' for an adapter, 'linkFeedback' for a relationship";
const CHANGE = "use the mutation 'registerAdapter', 'linkFeedback' or 'markUsedForTraining' to change the graph";
const REMOVE = "use the mutation 'eraseFeedback' to erase feedback";
const NOT_HERE = 'there are no procedures, files or schema commands';

const REFUSED: ReadonlyMap<string, string> = new Map([
  ['CREATE', ADD],
  ['MERGE', ADD],
  ['INSERT', ADD],
  ['SET', CHANGE],
  ['DELETE', REMOVE],
  ['DETACH', REMOVE],
  ['REMOVE', CHANGE],
  ['CALL', NOT_HERE],
  ['FOREACH', CHANGE],
  ['LOAD', NOT_HERE],
  ['DROP', NOT_HERE],
  ['USE', NOT_HERE],
  ['SHOW', NOT_HERE],
]);

/** Why a clause that would write, or that only other databases have, is refused; `keyword` is in upper case. */
export function refusalOf(keyword: string): string | undefined {
  const advice = REFUSED.get(keyword);
  return advice === undefined ? undefined : `Queries only read, so ${keyword} is not taken: ${advice}`;
}
