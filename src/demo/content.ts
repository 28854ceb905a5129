/** What the demo says: a help desk for a database, and what its users thought of its answers. */

export interface Topic {
  readonly question: string;
  readonly good: string;
  readonly bad: string;
  readonly correction: string;
}

export const TOPICS: readonly Topic[] = [
  {
    question: 'How do I enable sharding in ThemisDB?',
    good: 'Add SHARD BY to CREATE COLLECTION and name the field to shard by.',
    bad: 'Sharding is switched on in the operating system.',
    correction: 'Add SHARD BY to CREATE COLLECTION and name the field to shard by.',
  },
  {
    question: 'What is the default replication factor?',
    good: 'Three in production, one in development mode.',
    bad: 'The default replication factor is 1.',
    correction: 'The default replication factor is 3 for production.',
  },
  {
    question: 'How can I see which queries are slow?',
    good: 'SHOW QUERIES WHERE duration > 100 ms lists them with their plans.',
    bad: 'There is no way to see slow queries.',
    correction: 'SHOW QUERIES lists running and recent queries with their duration and plan.',
  },
  {
    question: 'How do I restore a backup to another cluster?',
    good: 'Run RESTORE FROM with the path of the snapshot; the target must be empty.',
    bad: 'Copy the data folder by hand while both clusters run.',
    correction: 'Use RESTORE FROM on an empty cluster; copying files of a running one damages them.',
  },
  {
    question: 'Can an index cover two fields?',
    good: 'Yes: CREATE INDEX ON orders (customer, placed_at); the order of the fields matters.',
    bad: 'An index covers one field only.',
    correction: 'A compound index covers several fields, the leftmost first.',
  },
  {
    question: 'Which isolation level do transactions have?',
    good: 'Snapshot isolation by default; SET ISOLATION SERIALIZABLE makes it stricter.',
    bad: 'Transactions are always serializable.',
    correction: 'The default is snapshot isolation; serializable has to be set.',
  },
  {
    question: 'How do I rotate the keys of encrypted collections?',
    good: 'ALTER KEY … ROTATE re-encrypts in the background; SHOW KEYS tells how far it is.',
    bad: 'Delete the old key file and restart.',
    correction: 'Use ALTER KEY … ROTATE; data under a deleted key cannot be read any more.',
  },
  {
    question: 'Why does my change stream stop after an hour?',
    good: 'Streams end when their token expires; open them again with the last resume token.',
    bad: 'Change streams are limited to one hour.',
    correction: 'The stream lives as long as its token: renew it and resume from the last position.',
  },
];

export const COMMENTS = [
  'Exactly what I needed.',
  'Solved it at the first try.',
  'Clear, and the example runs.',
  'Could say more about permissions.',
] as const;

export const MODELS = ['llama-2-7b', 'llama-3-8b', 'mistral-7b'] as const;

/** Four generations from `base_model`; the third one merges two branches. */
export const FAMILY: readonly {
  readonly id: string;
  readonly version: string;
  readonly derivedFrom: readonly string[];
}[] = [
  { id: 'themis_help_lora', version: 'v1.0', derivedFrom: ['base_model'] },
  { id: 'themis_help_lora_v2', version: 'v2.0', derivedFrom: ['themis_help_lora'] },
  { id: 'themis_help_lora_safety', version: 'v2.0-s', derivedFrom: ['themis_help_lora'] },
  { id: 'themis_help_lora_v3', version: 'v3.0', derivedFrom: ['themis_help_lora_v2', 'themis_help_lora_safety'] },
  { id: 'themis_help_lora_v4', version: 'v4.0', derivedFrom: ['themis_help_lora_v3'] },
];
