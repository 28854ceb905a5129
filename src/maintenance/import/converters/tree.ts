/** Conversations that branch: messages that name the one before. */

/** The messages from the first to one of them, oldest first. What names itself as an ancestor ends there. */
export function pathTo<Message>(
  id: string,
  messages: ReadonlyMap<string, Message>,
  parentOf: (message: Message) => string | undefined,
): readonly Message[] {
  const path: Message[] = [];
  const seen = new Set<string>();
  for (let at: string | undefined = id; at !== undefined && !seen.has(at);) {
    seen.add(at);
    const message = messages.get(at);
    if (message === undefined) break;
    path.push(message);
    at = parentOf(message);
  }
  return path.reverse();
}
