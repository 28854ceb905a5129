/**
 * The tables of a store in PostgreSQL, as a list of steps. A new version of the tables is a new step at the end; a step that
 * was released never changes. Servers of the release before go on with the tables after a step that is additive, so that an
 * upgrade need not stop them all.
 */

export interface SqlDialect {
  /** Whether this is PostgreSQL itself, rather than one of those that speak its protocol: it has storage parameters. */
  readonly isPostgres: boolean;
}

export interface Migration {
  /** The version of the tables after this step. */
  readonly version: number;
  /**
   * Whether programs that do not know the step can use the tables after it as before: what they read is where it was, and
   * what they write is complete, as a new column has a default.
   */
  readonly isAdditive: boolean;
  /** The tables that it creates or changes, with all of their columns afterwards. */
  readonly tables: Readonly<Record<string, readonly string[]>>;
  readonly statements: (dialect: SqlDialect) => readonly string[];
}

export const MIGRATIONS: readonly Migration[] = [
  {
    version: 1,
    isAdditive: false,
    tables: {
      fg_meta: ['name', 'value'],
      fg_kv: ['key', 'value'],
      fg_head: ['stream', 'seq', 'clock', 'epoch'],
      fg_log: ['stream', 'seq', 'first', 'entry'],
      fg_writer: ['writer', 'stream', 'grp', 'seq', 'seen'],
      fg_server: ['server', 'kind', 'version', 'started', 'seen'],
      fg_limit: ['name', 'used', 'ends'],
      fg_limit_owner: ['id', 'owner', 'wanted'],
    },
    statements: ({ isPostgres }) => {
      // Rows that are updated all the time need room in their page, or each update writes to the indexes, too.
      const fill = (percent: number): string => (isPostgres ? ` WITH (fillfactor=${percent})` : '');
      return [
        'CREATE TABLE fg_meta (name text PRIMARY KEY, value text NOT NULL)',
        `CREATE TABLE fg_kv (key bytea PRIMARY KEY, value bytea NOT NULL)${fill(90)}`,
        'CREATE TABLE fg_head (stream text PRIMARY KEY, seq bigint NOT NULL, clock bigint NOT NULL, ' +
          `epoch bigint NOT NULL)${fill(10)}`,
        'CREATE TABLE fg_log (stream text NOT NULL, seq bigint NOT NULL, first bigint NOT NULL, entry bytea NOT NULL, ' +
          'PRIMARY KEY (stream, seq))',
        'CREATE TABLE fg_writer (writer uuid NOT NULL, stream text NOT NULL, grp bigint NOT NULL, seq bigint NOT NULL, ' +
          `seen timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (writer, stream))${fill(50)}`,
        'CREATE TABLE fg_server (server uuid PRIMARY KEY, kind text NOT NULL, version text NOT NULL, ' +
          'started timestamptz NOT NULL DEFAULT now(), seen timestamptz NOT NULL DEFAULT now())',
        // Counts of requests may be lost in a crash, and need no log.
        `CREATE ${isPostgres ? 'UNLOGGED ' : ''}TABLE fg_limit (name text PRIMARY KEY, used bigint NOT NULL, ` +
          `ends bigint NOT NULL)${fill(50)}`,
        // The server that counts in its memory instead, and whether another one waits for its counts.
        'CREATE TABLE fg_limit_owner (id bigint PRIMARY KEY, owner uuid, wanted boolean NOT NULL)',
        ...(isPostgres
          ? [
              // Compression costs more time than it saves: values are short or compressed already.
              'ALTER TABLE fg_kv ALTER COLUMN value SET STORAGE EXTERNAL',
              'ALTER TABLE fg_log ALTER COLUMN entry SET STORAGE EXTERNAL',
            ]
          : []),
        `INSERT INTO fg_head (stream, seq, clock, epoch) VALUES ('', 0, 0, 0)`,
        `INSERT INTO fg_limit_owner (id, owner, wanted) VALUES (1, NULL, false)`,
        `INSERT INTO fg_meta (name, value) VALUES ('program', 'feedback-graph')`,
      ];
    },
  },
  {
    version: 2,
    isAdditive: true,
    tables: { fg_server: ['server', 'kind', 'version', 'started', 'seen', 'format'] },
    statements: () => [
      // Who does not say which records it reads knows the first format.
      'ALTER TABLE fg_server ADD COLUMN format bigint NOT NULL DEFAULT 1',
      `INSERT INTO fg_meta (name, value) VALUES ('record_format', '1')`,
    ],
  },
  {
    // The tables stay as they are; programs from before would not count the entries of adapters by day.
    version: 3,
    isAdditive: false,
    tables: {},
    statements: () => [],
  },
];

/** The version of the tables that this program knows. */
export const SCHEMA_VERSION = MIGRATIONS.at(-1)?.version ?? 0;

/** The oldest version whose programs may use the tables after these steps. */
export function oldestCompatible(migrations: readonly Migration[]): number {
  return migrations.findLast(({ isAdditive }) => !isAdditive)?.version ?? 0;
}
