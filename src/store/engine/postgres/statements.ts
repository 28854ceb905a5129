/** The time of the database, epoch ms. */
const MILLISECONDS = '(extract(epoch FROM now()) * 1000)::bigint';
/** Names more keys than are remembered of a stream. */
const MAX_LOG_BYTES = 2 * 1024 * 1024;
/** Since when the files hold what was erased, epoch ms. */
const PURGE_DUE = `(SELECT min(value::bigint) FROM fg_meta WHERE name IN ('erased_since', 'purging_since'))`;
/** Nothing is counted of the row `l` in a window that is under way. */
const LIMIT_IS_RESET = `l.used = 0 OR l.ends <= ${MILLISECONDS}`;

/**
 * The log of each stream from a version on, or the newest part of it: whoever lacks more bytes of it is faster to forget what
 * it knows than to read them, under a lock at that.
 */
const NEWEST_OF_LOG = `FROM (
    SELECT l.stream, l.seq, l.first, l.entry, sum(length(l.entry)) OVER (PARTITION BY l.stream ORDER BY l.seq DESC) AS bytes
    FROM fg_log l JOIN unnest($1::text[], $2::bigint[]) AS known(stream, seq) ON l.stream = known.stream AND l.seq >= known.seq
  ) AS newest WHERE bytes <= ${MAX_LOG_BYTES}`;

/**
 * Every statement of the engine. They stay within what PostgreSQL, CockroachDB and YugabyteDB all understand (a test holds
 * them to it), and each answers from one state: a version that comes in the same statement as values is theirs.
 */
export const STATEMENTS = {
  /** Values by key, and the versions of streams: rows of either. */
  many: `SELECT key, value, NULL::text AS stream, NULL::bigint AS seq FROM fg_kv WHERE key = ANY($1::bytea[])
    UNION ALL SELECT NULL, NULL, stream, seq FROM fg_head WHERE stream = ANY($2::text[])`,
  scan: ranges('key, value', 'ASC'),
  scanBack: ranges('key, value', 'DESC'),
  scanKeys: ranges('key', 'ASC'),
  scanKeysBack: ranges('key', 'DESC'),
  chunk: `SELECT key, value FROM fg_kv WHERE key >= $1 AND key < $2 ORDER BY key LIMIT $3`,

  lock: `SELECT stream, seq, clock, epoch FROM fg_head WHERE stream = ANY($1::text[]) ORDER BY stream FOR UPDATE`,
  addHead: `INSERT INTO fg_head (stream, seq, clock, epoch) VALUES ($1, 0, 0, 0) ON CONFLICT (stream) DO NOTHING`,
  heads: `SELECT stream, seq, clock, epoch FROM fg_head`,
  /** What was committed after the known version of each stream; with the newest known one where that is in doubt. */
  log: `SELECT stream, seq, first, entry ${NEWEST_OF_LOG} ORDER BY stream, seq`,
  /** The heads of streams and what is in their log from these versions on, as of one moment: rows of either. */
  since: `SELECT stream, seq, NULL::bigint AS first, NULL::bytea AS entry, clock, epoch FROM fg_head
      WHERE stream = ANY($1::text[])
    UNION ALL SELECT stream, seq, first, entry, NULL, NULL ${NEWEST_OF_LOG}
    ORDER BY stream, seq`,
  versions: `SELECT stream, seq FROM fg_head WHERE stream = ANY($1::text[])`,
  newestAppended: `SELECT key FROM fg_kv WHERE key >= $1 AND key < $2 ORDER BY key DESC LIMIT 1`,
  values: `SELECT key, value FROM fg_kv WHERE key = ANY($1::bytea[])`,

  /** Compare and set: a head that has moved would become NULL, which the table refuses. */
  advance: `UPDATE fg_head SET seq = CASE WHEN seq = $2 THEN $3::bigint END, clock = $4, epoch = $5 WHERE stream = $1`,
  put: `INSERT INTO fg_kv (key, value) SELECT * FROM unnest($1::bytea[], $2::bytea[])
    ON CONFLICT (key) DO UPDATE SET value = excluded.value`,
  remove: `DELETE FROM fg_kv WHERE key = ANY($1::bytea[])`,
  note: `INSERT INTO fg_log (stream, first, seq, entry) VALUES ($1, $2, $3, $4)`,
  /** The newest commit of each stream, and the oldest in its log. */
  logExtents: `SELECT h.stream, h.seq, (SELECT l.first FROM fg_log l WHERE l.stream = h.stream ORDER BY l.seq LIMIT 1)
    FROM fg_head h WHERE h.stream = ANY($1::text[])`,
  trim: `DELETE FROM fg_log WHERE stream = $1 AND seq < $2`,
  mark: `INSERT INTO fg_writer (writer, stream, grp, seq) VALUES ($1, $2, $3, $4)
    ON CONFLICT (writer, stream) DO UPDATE SET grp = excluded.grp, seq = excluded.seq, seen = now()`,
  outcome: `SELECT grp FROM fg_writer WHERE writer = $1 AND stream = $2`,
  confirm: `UPDATE fg_writer SET seen = now() WHERE writer = $1 AND stream = $2`,
  forgetWriters: `DELETE FROM fg_writer WHERE seen < now() - interval '1 day'`,

  /** The first of two that begin a load has it. */
  beginLoad: `INSERT INTO fg_meta (name, value) VALUES ('loading', $1) ON CONFLICT (name) DO NOTHING`,
  renameLoad: `UPDATE fg_meta SET value = $1 WHERE name = 'loading'`,
  endLoad: `DELETE FROM fg_meta WHERE name = 'loading'`,
  load: `SELECT value FROM fg_meta WHERE name = 'loading'`,
  newestKey: `SELECT key FROM fg_kv ORDER BY key DESC LIMIT 1`,
  removeAll: `DELETE FROM fg_kv`,
  anything: `SELECT key FROM fg_kv LIMIT 1`,
  setHead: `UPDATE fg_head SET seq = $2 WHERE stream = $1`,
  setClocks: `INSERT INTO fg_head (stream, seq, clock, epoch)
      SELECT stream, 0, clock, 0 FROM unnest($1::text[], $2::bigint[]) AS loaded(stream, clock)
    ON CONFLICT (stream) DO UPDATE SET clock = greatest(fg_head.clock, excluded.clock)`,
  liveUses: `SELECT kind, count(*) FROM fg_server WHERE seen > now() - interval '10 seconds' GROUP BY kind`,

  addProbe: `INSERT INTO fg_meta (name, value) VALUES ('probe', '') ON CONFLICT (name) DO NOTHING`,
  removeProbe: `DELETE FROM fg_meta WHERE name = 'probe'`,

  noteErasure: `INSERT INTO fg_meta (name, value) VALUES ('erased_since', ${MILLISECONDS}::text) ON CONFLICT (name) DO NOTHING`,
  /** What is erased from then on is noted anew, as rewriting may miss it. */
  beginPurge: `INSERT INTO fg_meta (name, value) SELECT 'purging_since', value FROM fg_meta WHERE name = 'erased_since'
    ON CONFLICT (name) DO NOTHING`,
  forgetErasures: `DELETE FROM fg_meta WHERE name = 'erased_since'`,
  endPurge: `DELETE FROM fg_meta WHERE name = 'purging_since'`,
  purgeDue: `SELECT ${PURGE_DUE}`,

  register: `INSERT INTO fg_server (server, kind, version, format) VALUES ($1, $2, $3, $4)
    ON CONFLICT (server) DO UPDATE SET seen = now()`,
  unregister: `DELETE FROM fg_server WHERE server = $1`,
  forgetServers: `DELETE FROM fg_server WHERE seen < now() - interval '1 day'`,
  /** The time; which server counts alone and whether another one waits for its counts; how many others are alive; {@link PURGE_DUE}. */
  time: `SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint,
    (SELECT owner::text FROM fg_limit_owner WHERE id = 1), (SELECT wanted FROM fg_limit_owner WHERE id = 1),
    (SELECT count(*) FROM fg_server WHERE server <> $1 AND kind = 'server' AND seen > now() - interval '10 seconds'),
    ${PURGE_DUE}`,

  /**
   * Counts all points or none, and answers where each name stands, whether it counted, and whether another server counts
   * alone. Rows that are locked first are read as they are after all who had the lock. No row for a name that has none.
   */
  count: `WITH locked AS (SELECT name, used, ends FROM fg_limit WHERE name = ANY($2::text[]) ORDER BY name FOR UPDATE),
    current AS (
      SELECT l.name, a.points, a.maximum, CASE WHEN ${LIMIT_IS_RESET} THEN 0 ELSE l.used END AS used,
        CASE WHEN ${LIMIT_IS_RESET} THEN ${MILLISECONDS} + a.length ELSE l.ends END AS ends
      FROM locked l JOIN unnest($2::text[], $3::bigint[], $4::bigint[], $5::bigint[]) AS a(name, points, maximum, length)
        ON a.name = l.name
    ),
    verdict AS (
      SELECT count(*) = cardinality($2::text[]) AND bool_and(used + points <= maximum) AS fits,
        EXISTS (SELECT 1 FROM fg_limit_owner WHERE id = 1 AND owner <> $1::uuid) AS owned FROM current
    )
    UPDATE fg_limit AS f SET used = CASE WHEN v.fits AND NOT v.owned THEN c.used + c.points ELSE c.used END, ends = c.ends
    FROM current c, verdict v WHERE f.name = c.name
    RETURNING f.name, f.used, f.ends - ${MILLISECONDS}, v.fits AND NOT v.owned, v.owned`,
  addLimits: `INSERT INTO fg_limit (name, used, ends) SELECT name, 0, 0 FROM unnest($1::text[]) AS a(name)
    ON CONFLICT (name) DO NOTHING`,
  /** What a server has counted in its memory. */
  addCounts: `INSERT INTO fg_limit (name, used, ends)
    SELECT name, points, ${MILLISECONDS} + length FROM unnest($1::text[], $2::bigint[], $3::bigint[]) AS a(name, points, length)
    ON CONFLICT (name) DO UPDATE SET
      used = excluded.used + CASE WHEN fg_limit.ends <= ${MILLISECONDS} THEN 0 ELSE fg_limit.used END,
      ends = CASE WHEN fg_limit.ends <= ${MILLISECONDS} OR fg_limit.used = 0 THEN excluded.ends ELSE fg_limit.ends END`,
  counts: `SELECT name, used, ends - ${MILLISECONDS} FROM fg_limit WHERE ends > ${MILLISECONDS} ORDER BY ends DESC LIMIT $1`,
  forgetCounts: `DELETE FROM fg_limit WHERE name IN (
    SELECT name FROM fg_limit WHERE ends < ${MILLISECONDS} - 300000 ORDER BY name LIMIT 1000)`,
  ownCounts: `UPDATE fg_limit_owner SET owner = $1, wanted = false WHERE id = 1 AND owner IS NULL AND NOT EXISTS (
      SELECT 1 FROM fg_server WHERE server <> $1 AND kind = 'server' AND seen > now() - interval '10 seconds') RETURNING id`,
  shareCounts: `UPDATE fg_limit_owner SET owner = NULL, wanted = false WHERE id = 1 AND owner = $1`,
  /** Asks the one that counts alone to share; takes it from one that is gone. Answers who still counts alone. */
  wantCounts: `UPDATE fg_limit_owner AS o SET wanted = true, owner = CASE WHEN EXISTS (
        SELECT 1 FROM fg_server WHERE server = o.owner AND seen > now() - interval '3 seconds') THEN o.owner END
    WHERE o.id = 1 AND o.owner <> $1 RETURNING o.owner::text`,
  lockAgreement: `SELECT value FROM fg_meta WHERE name = 'schema_version' FOR UPDATE`,
  agreement: `SELECT (SELECT value FROM fg_meta WHERE name = 'schema_version'),
    (SELECT value FROM fg_meta WHERE name = 'compatible_with'),
    (SELECT value FROM fg_meta WHERE name = 'record_format'),
    (SELECT min(format) FROM fg_server WHERE seen > now() - interval '10 seconds')`,
  setRecordFormat: `UPDATE fg_meta SET value = $1::bigint::text WHERE name = 'record_format'`,
} as const satisfies Readonly<Record<string, string>>;

export type StatementName = keyof typeof STATEMENTS;

/** So many items of each range, with the number of the range from 1 on, and the versions of streams: rows of either. */
function ranges(columns: 'key' | 'key, value', order: 'ASC' | 'DESC'): string {
  const found = columns === 'key' ? 'found.key' : 'found.key, found.value';
  const nothing = columns === 'key' ? 'NULL::bytea' : 'NULL::bytea, NULL::bytea';
  return `SELECT asked.number, ${found}, NULL::text AS stream, NULL::bigint AS seq
    FROM unnest($1::bytea[], $2::bytea[]) WITH ORDINALITY AS asked(first, beyond, number)
    CROSS JOIN LATERAL (
      SELECT ${columns} FROM fg_kv WHERE key >= asked.first AND key < asked.beyond ORDER BY key ${order} LIMIT $3
    ) AS found
    UNION ALL SELECT NULL::bigint, ${nothing}, stream, seq FROM fg_head WHERE stream = ANY($4::text[])`;
}
