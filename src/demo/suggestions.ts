/** Five things to try on the demo, as commands to paste. */
export function demoSuggestions(url: string, token: string): readonly string[] {
  const get = (path: string): string =>
    `curl -s "${url}/api/v1/llm/feedback${path}" -H "Authorization: Bearer ${token}"`;
  const graphql = (query: string): string =>
    `curl -s -X POST "${url}/graphql" -H "Authorization: Bearer ${token}" -H "Content-Type: application/json" ` +
    `-d '${JSON.stringify({ query })}'`;
  return [
    `# How the whole feedback stands\n${get('/stats')}`,
    `# What waits for a reviewer\n${get('?status=flagged&limit=5')}`,
    `# What the newest adapter could still learn from\n${get('/by-adapter/themis_help_lora_v4?unused=true&status=approved&limit=5')}`,
    `# Whether each generation does better than its parents\n${graphql(
      '{ adapters { edges { node { id stats { totalFeedback positiveRatio } derivedFrom { edges { node { id } } } } } } }',
    )}`,
    `# Which answers two adapters gave side by side\n${graphql(
      '{ adapter(id: "themis_help_lora_v2") { feedback(filter: {adapterId: "themis_help_lora"}, first: 3) { totalCount edges { metadata node { question adapters { edges { node { id } } } } } } } }',
    )}`,
  ];
}
