// What a search costs: entries of words as frequent as those of a language, indexed as the server does it, and searches over
// HTTP one after another.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import jsonwebtoken from 'jsonwebtoken';
import { startOurs } from './compare/processes.js';
import { loadFeedback, random } from './load-data.js';
import { showProgress } from './progress.js';

const SECRET = 'the secret of a measurement, 32 bytes';
const BASE = '/api/v1/llm/feedback';
const WORDS = 100_000;
const WORDS_OF_ENTRY = 60;
const WARM_UP = 20;
const SAMPLES = 200;

/** The word of a rank: the n-th most frequent one is n times as rare as the most frequent one. */
function word(rank) {
  let text = '';
  for (let rest = rank + 1; rest > 0; rest = Math.floor(rest / 20))
    text += 'bcdfghklmnprstvwxzqj'[rest % 20] + 'aeiou'[rest % 5];
  return text;
}

function anyWord(next) {
  return word(Math.min(WORDS - 1, Math.floor(Math.exp(next() * Math.log(WORDS)))));
}

function submission(number, next) {
  const text = (count) => Array.from({ length: count }, () => anyWord(next)).join(' ');
  return {
    type: next() < 0.3 ? 'negative' : 'positive',
    question: `${text(WORDS_OF_ENTRY / 3)}?`,
    answer: `${text((2 * WORDS_OF_ENTRY) / 3)}.`,
    userId: `user-${Math.floor(next() * 10_000)}`,
    modelVersion: 'llama-3-8b',
  };
}

export async function run(options) {
  const { values } = parseArgs({ args: options, options: { entries: { type: 'string', default: '200000' } } });
  const entries = Number(values.entries);
  const directory = await mkdtemp(join(tmpdir(), 'feedback-graph-search-'));
  const data = join(directory, 'data');
  try {
    const began = performance.now();
    let stored = began;
    await loadFeedback(
      data,
      0,
      entries,
      (done) => {
        showProgress('load', done, entries, began);
        stored = performance.now();
      },
      async () => {},
      submission,
    );
    const indexed = performance.now();
    process.stdout.write(
      `${entries} entries: stored in ${seconds(began, stored)} s, indexed and merged in ${seconds(stored, indexed)} s\n`,
    );
    const measured = await measureServer(data);
    process.stdout.write('\n| search | entries found | median, ms | p99, ms |\n| --- | --- | --- | --- |\n');
    for (const { name, total, median, p99 } of measured) {
      process.stdout.write(`| ${name} | ${total} | ${median.toFixed(1)} | ${p99.toFixed(1)} |\n`);
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function seconds(from, to) {
  return ((to - from) / 1_000).toFixed(1);
}

async function measureServer(data) {
  const server = await startOurs(data, SECRET, { FEEDBACK_RESPONSE_CACHE: '0' }, { onOneCore: false });
  try {
    return await measureSearches(server.url);
  } finally {
    await server.stop();
  }
}

/** Searches of words by their ranks; each sample has other words of about the same. */
const SEARCHES = {
  'two words, each in a third or more': (at) => `${word(3 + (at % 7))} ${word(11 + (at % 8))}`,
  'two words, each in 2 %': (at) => `${word(200 + (at % 50))} ${word(260 + (at % 50))}`,
  'a frequent word and a rare one': (at) => `${word(2)} ${word(20_000 + at)}`,
  'two rare words': (at) => `${word(20_000 + at)} ${word(30_000 + at)}`,
  'one of two words, without a frequent one': (at) => `(${word(200 + at)} OR ${word(500 + at)}) -${word(5)}`,
  'a phrase of two frequent words': (at) => `"${word(1)} ${word(2 + (at % 4))}"`,
  'the beginning of words': (at) => `${word(300 + at).slice(0, 4)}*`,
};
const FILTERS = {
  'two words, each in 2 %, negative': ['two words, each in 2 %', '&type=negative'],
  'two frequent words, of one user': ['two words, each in a third or more', '&user=user-77'],
};

async function measureSearches(url) {
  const token = jsonwebtoken.sign({ roles: ['admin'] }, SECRET, { subject: 'bench', expiresIn: '1h' });
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const read = async (path, init = {}) => {
    const response = await fetch(url + path, { headers, ...init });
    const body = await response.json();
    if (response.status !== 200 || body.errors !== undefined) {
      throw new Error(`${path}: ${response.status} ${JSON.stringify(body)}`);
    }
    return body;
  };
  const next = random(3);
  const measure = async (name, path) => {
    const times = [];
    for (let sample = -WARM_UP; sample < SAMPLES; sample++) {
      const target = path(Math.floor(next() * 1_000));
      const began = performance.now();
      await read(target);
      if (sample >= 0) times.push(performance.now() - began);
    }
    times.sort((a, b) => a - b);
    const search = new URLSearchParams(path(0).split('?')[1]).get('search');
    const query =
      'query ($search: String) { feedbackList(filter: { search: $search }) { totalCount totalCountIsExact } }';
    const { data } = await read('/graphql', { method: 'POST', body: JSON.stringify({ query, variables: { search } }) });
    const { totalCount, totalCountIsExact } = data.feedbackList;
    const total = totalCountIsExact ? totalCount : `at least ${totalCount}`;
    return { name, total, median: times[SAMPLES >> 1], p99: times[Math.floor(SAMPLES * 0.99)] };
  };
  const pathOf = (search, more = '') => `${BASE}?limit=20&search=${encodeURIComponent(search)}${more}`;
  const measured = [];
  for (const [name, search] of Object.entries(SEARCHES)) measured.push(await measure(name, (at) => pathOf(search(at))));
  for (const [name, [of, more]] of Object.entries(FILTERS)) {
    measured.push(await measure(name, (at) => pathOf(SEARCHES[of](at), more)));
  }
  return measured;
}
