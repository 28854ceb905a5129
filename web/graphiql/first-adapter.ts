/** An adapter that has both feedback and a lineage if there is one, for the examples to be about. */
export async function firstAdapter(token: string): Promise<string | undefined> {
  if (token === '') return undefined;
  try {
    const response = await fetch('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({
        query:
          '{ adapters(first: 50) { edges { node { id stats { totalFeedback } derivedFrom(first: 1) { totalCount } } } } }',
      }),
    });
    const { data } = (await response.json()) as { data?: { adapters: { edges: { node: Candidate }[] } } };
    const candidates = (data?.adapters.edges ?? []).map((edge) => edge.node);
    const most = (list: Candidate[]): Candidate | undefined =>
      list.sort((a, b) => b.stats.totalFeedback - a.stats.totalFeedback)[0];
    return (most(candidates.filter((each) => each.derivedFrom.totalCount > 0)) ?? most(candidates))?.id;
  } catch {
    return undefined;
  }
}

interface Candidate {
  readonly id: string;
  readonly stats: { readonly totalFeedback: number };
  readonly derivedFrom: { readonly totalCount: number };
}
