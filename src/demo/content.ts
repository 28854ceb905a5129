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
  {
    question: 'How do I add a node to a running cluster?',
    good: 'Start it with JOIN and the address of any member; data moves to it in the background.',
    bad: 'Stop the cluster, edit the member list and start it again.',
    correction: 'A node joins a running cluster with JOIN; nothing has to be stopped.',
  },
  {
    question: 'What happens to writes while a node is down?',
    good: 'They go on as long as a majority of the replicas answers.',
    bad: 'All writes stop until the node is back.',
    correction: 'Writes go on while a majority of the replicas of a shard answers.',
  },
  {
    question: 'How do I limit what a role can read?',
    good: 'GRANT READ ON a collection, with WHERE for single documents.',
    bad: 'Everybody who can log in can read everything.',
    correction: 'Use GRANT READ ON; without a grant a role reads nothing.',
  },
  {
    question: 'Can I change the shard key later?',
    good: 'Yes: ALTER COLLECTION … RESHARD BY copies the data while it is in use.',
    bad: 'The shard key can never be changed.',
    correction: 'ALTER COLLECTION … RESHARD BY changes it while the collection is in use.',
  },
  {
    question: 'How large may a document be?',
    good: '16 MiB; larger ones go into the blob store and are referred to.',
    bad: 'There is no limit.',
    correction: 'A document may have up to 16 MiB.',
  },
  {
    question: 'How do I import a CSV file?',
    good: 'IMPORT CSV with the path and the collection; the first line names the fields.',
    bad: 'Convert it to JSON first, CSV cannot be read.',
    correction: 'IMPORT CSV reads it as it is; the first line names the fields.',
  },
  {
    question: 'Why is my query not using the index?',
    good: 'EXPLAIN shows the plan; a function around the field keeps an index from being used.',
    bad: 'Indexes are chosen at random.',
    correction: 'The planner uses an index only where the bare field is compared; EXPLAIN shows it.',
  },
  {
    question: 'How long are old versions of a document kept?',
    good: 'Seven days by default; SET RETENTION on the collection changes that.',
    bad: 'For ever.',
    correction: 'Seven days by default; SET RETENTION changes it.',
  },
  {
    question: 'Is there a driver for Go?',
    good: 'Yes, themis-go; it speaks the native protocol and pools connections.',
    bad: 'No, use the command line from your program.',
    correction: 'themis-go is the driver for Go.',
  },
  {
    question: 'How do I run ThemisDB in Kubernetes?',
    good: 'With the operator: one ThemisCluster resource describes nodes, storage and backups.',
    bad: 'That is not supported.',
    correction: 'The operator runs it: describe the cluster in a ThemisCluster resource.',
  },
  {
    question: 'Which ports does the server need?',
    good: '7400 for clients, 7401 between nodes, 7402 for metrics.',
    bad: 'Port 80 only.',
    correction: '7400 for clients, 7401 between nodes and 7402 for metrics.',
  },
  {
    question: 'How do I find out who deleted a document?',
    good: "The audit log has it: SHOW AUDIT WHERE action = 'delete'.",
    bad: 'That is not recorded.',
    correction: "SHOW AUDIT WHERE action = 'delete' lists who, what and when.",
  },
  {
    question: 'Can I join two collections in one query?',
    good: 'Yes: MATCH with both collections, or LOOKUP for one field.',
    bad: 'Read both and join them in your program.',
    correction: 'MATCH takes several collections; LOOKUP follows one field.',
  },
];

export const COMMENTS = [
  'Exactly what I needed.',
  'Solved it at the first try.',
  'Clear, and the example runs.',
  'Could say more about permissions.',
  'A link to the manual would help.',
  'Short and right.',
  'I had to read it twice, then it worked.',
  'Saved me a ticket.',
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
