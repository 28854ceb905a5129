// How long others wait, and how long it takes to be back, when a server, a link or a database fails under load of submits;
// and whether anything acknowledged is lost or stored twice. Three servers over a PostgreSQL with a synchronous standby.
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import jsonwebtoken from 'jsonwebtoken';
import { runnerImport } from 'vite';
import { startServer } from './compare/processes.js';
import { environment } from './compare/report.js';

const SECRET = 'the secret of a measurement, 32 bytes';
const CLI = fileURLToPath(new URL('../dist/bundle/cli.js', import.meta.url));
const BASE = '/api/v1/llm/feedback';
const NAMES = ['one', 'two', 'linked'];
const FAULTS = {
  'a server is killed': killServer,
  'a server stands still for 4 s with the lock': stopServer,
  'the link of a server is cut for 8 s': cutLink,
  'the link of a server swallows everything for 8 s': swallowLink,
  'a COMMIT is not answered': (system) => loseCommit(system, 'unanswered'),
  'the answer to a COMMIT is lost': (system) => loseCommit(system, 'answer lost'),
  'the database is killed and started again': killDatabase,
  'the primary is lost and the standby promoted': loseDatabase,
};

export async function run(options) {
  const { values } = parseArgs({
    args: options,
    options: { clients: { type: 'string', default: '16' }, seconds: { type: 'string', default: '3' } },
  });
  const [clients, seconds] = [Number(values.clients), Number(values.seconds)];
  const system = await startSystem();
  try {
    process.stdout.write(`${JSON.stringify({ ...environment(), clientsOfAServer: clients })}\n`);
    for (const [name, fail] of Object.entries(FAULTS)) {
      process.stdout.write(`${name}: ${describe(await measure(system, fail, clients, seconds))}\n`);
    }
  } finally {
    await system.stop();
  }
}

async function measure(system, fail, clients, seconds) {
  const load = startLoad(system, clients);
  await delay(seconds * 1_000);
  const begun = performance.now();
  const { failed, from } = await fail(system);
  // All have acknowledged something that was submitted after the end of the fault.
  const back = await Promise.all(
    NAMES.map(async (name) => {
      for (;;) {
        const first = load.submits.find((one) => one.name === name && one.start >= from && one.status === 201);
        if (first !== undefined) return first.end;
        await delay(5);
      }
    }),
  );
  await delay(500);
  await load.stop();
  const before = load.submits.filter(({ end, status }) => end < begun && status === 201);
  const others = load.submits.filter(({ name, end }) => !failed.includes(name) && end > begun);
  const { lost, doubled } = await compare(system, load.submits);
  return {
    perSecond: before.length / seconds,
    longestBefore: longest(before),
    longestOfOthers: longest(others),
    back: Math.max(...back) - from,
    refused: load.submits.filter(({ status }) => status === 503).length,
    broken: load.submits.filter(({ status }) => status === 0).length,
    lost,
    doubled,
  };
}

const longest = (submits) => submits.reduce((most, { start, end }) => Math.max(most, end - start), 0);

function describe({ perSecond, longestBefore, longestOfOthers, back, refused, broken, lost, doubled }) {
  const others = longestOfOthers === 0 ? '' : `the others waited ${ms(longestOfOthers)} at most, `;
  return (
    `${Math.round(perSecond)} submits/s before (at most ${ms(longestBefore)}); ${others}all are back after ${ms(back)}; ` +
    `${refused} refused with 503, ${broken} unanswered, ${lost} lost, ${doubled} doubled`
  );
}

const ms = (milliseconds) => `${Math.round(milliseconds)} ms`;

async function startSystem() {
  const load = async (file) =>
    (
      await runnerImport(fileURLToPath(new URL(`../test/support/postgres/${file}`, import.meta.url)), {
        configFile: false,
      })
    ).module;
  const { startPostgres, SUPERUSER, PASSWORD } = await load('server.ts');
  const { startStandby } = await load('standby.ts');
  const { startProxy } = await load('proxy.ts');
  const primary = await startPostgres();
  const settings = { wal_retrieve_retry_interval: '100ms' };
  const standby = await startStandby(primary, { synchronous: true, settings });
  const proxies = [await startProxy(primary), await startProxy(standby)];
  const { pathname } = new URL(await primary.createDatabase());
  const servers = new Map();
  const system = { primary, standby, database: primary, proxies, servers, token: undefined, start };
  system.token = jsonwebtoken.sign({ roles: ['admin'] }, SECRET, { subject: 'bench', expiresIn: '6h' });

  async function start(name) {
    const ports = (name === 'linked' ? proxies : [primary, standby]).map(({ port }) => `127.0.0.1:${port}`);
    const location = `postgres://${SUPERUSER}:${PASSWORD}@${ports.join(',')}${pathname}?application_name=${name}`;
    const server = await startServer(
      process.execPath,
      [CLI, 'serve'],
      {
        FEEDBACK_JWT_SECRET: SECRET,
        FEEDBACK_STORE: location,
        FEEDBACK_PORT: '0',
        FEEDBACK_LIMIT_USER_PER_MINUTE: '0',
        FEEDBACK_LIMIT_ORG_PER_HOUR: '0',
        FEEDBACK_LOG_LEVEL: 'silent',
      },
      { onOneCore: false },
    );
    servers.set(name, server);
  }

  system.stop = async () => {
    for (const { pid } of servers.values()) process.kill(pid, 'SIGKILL');
    await Promise.all(proxies.map((proxy) => proxy.stop()));
    await standby.stop();
    await primary.stop();
  };
  await start('one');
  await Promise.all([start('two'), start('linked')]);
  return system;
}

function startLoad(system, clients) {
  const submits = [];
  let stopped = false;
  const run = Math.random().toString(36).slice(2);
  const client = async (name) => {
    while (!stopped) {
      const interaction = `${run}-${submits.length}`;
      const submit = { name, interaction, start: performance.now(), end: Infinity, status: 0 };
      submits.push(submit);
      submit.status = await send(system, name, interaction).catch(() => 0);
      submit.end = performance.now();
      if (submit.status !== 201) await delay(20);
    }
  };
  const running = Promise.all(NAMES.flatMap((name) => Array.from({ length: clients }, () => client(name))));
  return {
    submits,
    stop: () => {
      stopped = true;
      return running;
    },
  };
}

async function send(system, name, interaction_id) {
  const answer = await fetch(system.servers.get(name).url + BASE, {
    method: 'POST',
    headers: { authorization: `Bearer ${system.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      type: 'positive',
      question: 'How do I enable sharding?',
      answer: 'Use the SHARD BY clause.',
      adapter_id: 'hot',
      interaction_id,
    }),
  });
  await answer.text();
  return answer.status;
}

/** How many acknowledged submits are not there, and how many submits are there more than once. */
async function compare(system, submits) {
  const times = new Map();
  for (let cursor = ''; cursor !== undefined;) {
    const path = `${BASE}?limit=1000${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`;
    const headers = { authorization: `Bearer ${system.token}` };
    const page = await (await fetch(system.servers.get('one').url + path, { headers })).json();
    for (const { interaction_id } of page.feedback) times.set(interaction_id, (times.get(interaction_id) ?? 0) + 1);
    cursor = page.next_cursor;
  }
  return {
    lost: submits.filter(({ status, interaction }) => status === 201 && !times.has(interaction)).length,
    doubled: submits.filter(({ interaction }) => (times.get(interaction) ?? 0) > 1).length,
  };
}

async function killServer({ servers, start }) {
  process.kill(servers.get('two').pid, 'SIGKILL');
  await delay(1_000);
  const from = performance.now();
  await start('two');
  return { failed: ['two'], from };
}

async function stopServer({ servers, database }) {
  const { pid } = servers.get('two');
  for (;;) {
    process.kill(pid, 'SIGSTOP');
    await delay(20);
    const holding = await database.query(
      `SELECT 1 FROM pg_stat_activity WHERE application_name = 'two' AND state = 'idle in transaction'`,
    );
    if (holding.length > 0) break;
    process.kill(pid, 'SIGCONT');
    await delay(10);
  }
  await delay(4_000);
  process.kill(pid, 'SIGCONT');
  return { failed: ['two'], from: performance.now() };
}

async function cutLink({ proxies }) {
  await Promise.all(proxies.map((proxy) => proxy.cut()));
  await delay(8_000);
  await Promise.all(proxies.map((proxy) => proxy.repair()));
  return { failed: ['linked'], from: performance.now() };
}

async function swallowLink({ proxies }) {
  for (const proxy of proxies) proxy.blackhole();
  await delay(8_000);
  await Promise.all(proxies.map((proxy) => proxy.repair()));
  return { failed: ['linked'], from: performance.now() };
}

async function loseCommit({ proxies }, fate) {
  await proxies[0].nextCommit(fate);
  return { failed: ['linked'], from: performance.now() };
}

async function killDatabase({ database }) {
  const from = performance.now();
  await database.kill();
  await database.start();
  return { failed: NAMES, from };
}

async function loseDatabase(system) {
  const from = performance.now();
  await system.primary.kill();
  await system.standby.promote();
  system.database = system.standby;
  return { failed: NAMES, from };
}
