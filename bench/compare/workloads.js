// What the operations do not show: large entries, conversations, questions that nobody has asked before, many organizations
// and many connections. What they need is submitted over HTTP, so that it works with every build.
import jsonwebtoken from 'jsonwebtoken';
import { FRESH } from './fresh.js';
import { SECRET } from './measure.js';
import { operations } from './operations.js';
import { mix } from './shape.js';

const BASE = '/api/v1/llm/feedback';
const ENTRIES_OF_SIZE = 300;
const ORGANIZATIONS = 500;
const ENTRIES_OF_ORGANIZATION = 10;
/** Organizations that are filled at once. */
const AT_ONCE = 20;
const DISTINCT = 100_000;
const PAGE = 20;
const TURNS = 8;
const BATCH_BYTES = 2_000_000;
const SIZES = { small: 500, medium: 4_000, large: 40_000 };
const WORDS =
  'the server answers queries from an index while it moves data between nodes and a migration changes how many of them are read'.split(
    ' ',
  );

/** About so many bytes of text, another one for each number. */
export function textOf(bytes, number) {
  const words = [];
  for (let length = 0, place = 0; length < bytes; place += 1) {
    // Some words are rare, as in texts of people.
    const word =
      mix(place, number) % 7 === 0 ? `term${mix(place, number) % 5_000}` : WORDS[mix(place, number) % WORDS.length];
    words.push(word);
    length += word.length + 1;
  }
  return words.join(' ').slice(0, bytes);
}

/** An entry whose texts have so many bytes, as the documented REST body. */
export function sizedEntry(bytes, number, interaction = `sized-${bytes}-${number}`) {
  return {
    type: mix(number, 3) % 100 < 35 ? 'negative' : 'positive',
    question: textOf(Math.ceil(bytes / 10), number),
    answer: textOf(bytes - Math.ceil(bytes / 10), number + 1),
    user_id: `user-${mix(number, 4) % 10_000}`,
    interaction_id: interaction,
    model_version: 'llama-3-8b',
    adapter_id: `sized-${bytes}`,
  };
}

/** The same texts as a conversation of {@link TURNS} messages. */
export function conversationEntry(bytes, number, interaction = `conversation-${number}`) {
  const { question: _question, answer: _answer, ...entry } = sizedEntry(bytes, number, interaction);
  const messages = Array.from({ length: TURNS }, (_, turn) => ({
    role: turn % 2 === 0 ? 'user' : 'assistant',
    content: textOf(Math.floor(bytes / TURNS), number * TURNS + turn),
  }));
  return { ...entry, adapter_id: 'conversations', messages };
}

/** @returns the ids of what the workloads ask for, once a server has it */
export async function loadWorkloads({ url }) {
  const submitAll = (org, entries) => submitEntries(url, tokenOf(org), entries);
  const many = (count, make) => Array.from({ length: count }, (_, number) => make(number));
  const loaded = { sized: {}, organizations: [] };
  for (const [name, bytes] of Object.entries(SIZES)) {
    loaded.sized[name] = await submitAll(
      'sizes',
      many(ENTRIES_OF_SIZE, (number) => sizedEntry(bytes, number)),
    );
  }
  const conversations = many(ENTRIES_OF_SIZE, (number) => conversationEntry(SIZES.medium, number));
  loaded.conversations = await submitAll('sizes', conversations);
  const entries = many(ENTRIES_OF_ORGANIZATION, (number) => sizedEntry(SIZES.small, number));
  for (let organization = 0; organization < ORGANIZATIONS; organization += AT_ONCE) {
    const group = many(AT_ONCE, (place) => submitAll(`organization-${organization + place}`, entries));
    loaded.organizations.push(...(await Promise.all(group)));
  }
  loaded.pages = { all: await fingerprintOf(url), sizes: await fingerprintOf(url, tokenOf('sizes')) };
  return loaded;
}

/** What a cursor of the list of all entries begins with; the id of the last entry of a page follows (src/graphql/cursors.ts). */
async function fingerprintOf(url, token = tokenOf('default')) {
  const headers = { authorization: `Bearer ${token}` };
  const response = await fetch(`${url}${BASE}?limit=1`, { headers });
  const { feedback, next_cursor: cursor } = await response.json();
  const bytes = Buffer.from(cursor, 'base64url');
  return bytes.subarray(0, bytes.length - Buffer.byteLength(feedback[0].id));
}

function pageAfter(fingerprint, id) {
  return `${BASE}?limit=${PAGE}&cursor=${Buffer.concat([fingerprint, Buffer.from(id)]).toString('base64url')}`;
}

function tokenOf(org) {
  return jsonwebtoken.sign({ org }, SECRET, { subject: 'bench', expiresIn: '6h' });
}

async function submitEntries(url, token, entries) {
  const ids = [];
  for (let from = 0; from < entries.length;) {
    let to = from;
    for (let bytes = 0; to < entries.length && bytes < BATCH_BYTES; to += 1)
      bytes += JSON.stringify(entries[to]).length;
    const response = await fetch(`${url}${BASE}/batch`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ feedback: entries.slice(from, to) }),
    });
    if (response.status !== 201) throw new Error(`The entries of a workload were refused: ${await response.text()}`);
    const { results } = await response.json();
    ids.push(...results.map(({ id }) => id));
    from = to;
  }
  return ids;
}

/** What the ceiling is asked as well: it has entries of 0.7 kB. */
const ON_THE_LIMIT = new Set(['get-distinct', 'get-1000']);
const LIMIT_GETS = Array.from({ length: 2_000 }, (_, index) => ({ method: 'GET', path: `/get/${index}` }));
const get = (path, token) => ({ method: 'GET', path, token });
const submit = (entry, token) => ({ method: 'POST', path: BASE, body: JSON.stringify(entry), token });

/** Like `operations`, over so many entries, but what ours are asked is not known before its own entries are: {@link jobsByKey}. */
export function workloads(entries) {
  const distinct = Math.min(DISTINCT, entries).toLocaleString('en');
  return [
    { key: 'get-small', name: 'REST get of entries of 0.5 kB' },
    { key: 'get-medium', name: 'REST get of entries of 4 kB' },
    { key: 'get-large', name: 'REST get of entries of 40 kB' },
    { key: 'list-sizes', name: `REST list of ${PAGE} entries of 0.5, 4 and 40 kB` },
    { key: 'get-conversation', name: `REST get of conversations of ${TURNS} messages, 4 kB` },
    { key: 'get-distinct', name: `REST get, ${distinct} ids in turn`, inTurn: true },
    { key: 'list-distinct', name: `REST list of ${PAGE}, ${distinct} pages in turn`, inTurn: true },
    { key: 'get-1000', name: 'REST get by id, 1,000 connections', connections: 1_000 },
    { key: 'submit-1000', name: 'REST submit, 1,000 connections', connections: 1_000, writes: true },
    { key: 'submit-sizes', name: 'REST submit of 0.5, 4 and 40 kB', writes: true },
    { key: 'submit-conversation', name: `REST submit of conversations of ${TURNS} messages, 4 kB`, writes: true },
    { key: 'organizations', name: `${ORGANIZATIONS} organizations, four reads to a submit`, writes: true },
  ].map((workload) => ({
    goals: {},
    ...workload,
    isWorkload: true,
    jobs: { ours: [], ...(ON_THE_LIMIT.has(workload.key) && { limit: LIMIT_GETS }) },
  }));
}

/**
 * What a server of ours is asked for each operation, and for each workload if it has what these need.
 * @param ids of the entries that all servers have @param loaded of {@link loadWorkloads}
 */
export function jobsByKey(ids, loaded) {
  const all = Object.fromEntries(operations(ids).map(({ key, jobs }) => [key, jobs.ours]));
  return loaded === undefined ? all : { ...all, ...jobsOf(ids, loaded) };
}

function jobsOf(ids, { sized, conversations, organizations, pages }) {
  const token = tokenOf('sizes');
  const gets = (of, bearer) => of.map((id) => get(`${BASE}/${id}`, bearer));
  const submits = (make, bearer) => Array.from({ length: 300 }, (_, number) => submit(make(number), bearer));
  const sizes = Object.values(SIZES);
  const distinct = ids.slice(-DISTINCT);
  const fresh = (number) => `interaction-${number}-${FRESH}`;
  return {
    'get-small': gets(sized.small, token),
    'get-medium': gets(sized.medium, token),
    'get-large': gets(sized.large, token),
    'list-sizes': Object.values(sized)
      .flat()
      .map((id) => get(pageAfter(pages.sizes, id), token)),
    'get-conversation': gets(conversations, token),
    'get-distinct': gets(distinct),
    'list-distinct': distinct.map((id) => get(pageAfter(pages.all, id))),
    'get-1000': gets(distinct.slice(-2_000)),
    'submit-1000': submits((number) => sizedEntry(SIZES.small, number, fresh(number))),
    'submit-sizes': submits((number) => sizedEntry(sizes[number % sizes.length], number, fresh(number)), token),
    'submit-conversation': submits((number) => conversationEntry(SIZES.medium, number, fresh(number)), token),
    organizations: organizations.flatMap((of, organization) => {
      const own = tokenOf(`organization-${organization}`);
      const entry = sizedEntry(SIZES.small, organization, fresh(organization));
      return [...gets(of.slice(0, 3), own), get(`${BASE}?limit=${PAGE}`, own), submit(entry, own)];
    }),
  };
}
