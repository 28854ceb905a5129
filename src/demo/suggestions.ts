/**
 * Five things to try on the demo, as commands to paste: how all feedback stands, what waits for a reviewer, what can
 * still be learned from, where the newest adapter comes from, and whether each adapter does better than those before it.
 */
export const DEMO_COMMANDS: readonly string[] = [
  'npx feedback-graph feedback stats',
  'npx feedback-graph feedback list --status flagged --limit 5',
  'npx feedback-graph feedback list --unused --status approved --limit 5',
  'npx feedback-graph adapter lineage themis_help_lora_v4',
  "npx feedback-graph query 'MATCH (f:Feedback)-[:FEEDBACK_FOR]->(a) RETURN a.id, f.type, count(*)'",
];
