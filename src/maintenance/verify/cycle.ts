/** A path that leads back to its start, along what each node is derived from; `undefined` if there is none. */
export function findCycle(parents: ReadonlyMap<string, readonly string[]>): [string, ...string[]] | undefined {
  const done = new Set<string>();
  for (const start of parents.keys()) {
    if (done.has(start)) continue;
    // The way down to the node that is looked at, and how many of the parents of each were followed.
    const path: { readonly node: string; followed: number }[] = [{ node: start, followed: 0 }];
    const onPath = new Set([start]);
    for (let last = path.at(-1); last !== undefined; last = path.at(-1)) {
      const parent = parents.get(last.node)?.[last.followed];
      last.followed += 1;
      if (parent === undefined) {
        done.add(last.node);
        onPath.delete(last.node);
        path.pop();
      } else if (onPath.has(parent)) {
        const from = path.findIndex(({ node }) => node === parent);
        return [parent, ...path.slice(from + 1).map(({ node }) => node), parent];
      } else if (!done.has(parent)) {
        path.push({ node: parent, followed: 0 });
        onPath.add(parent);
      }
    }
  }
  return undefined;
}
