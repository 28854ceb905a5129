// What it costs to refuse an operation: CPU time of the admission of each kind of attack, in process.
import process from 'node:process';
import { DEFAULT_OPERATION_LIMITS } from '../dist/graphql/operations/limits.js';
import { createRequestPreparation } from '../dist/graphql/operations/prepared.js';
import { createSchema } from '../dist/graphql/schema.js';

const GOAL_MS = 50;
const ROUNDS = 20;

const times = (count, make) => Array.from({ length: count }, (_, index) => make(index)).join(' ');

/** Each is sent with a number in it, so that none is remembered from the round before. */
const ATTACKS = {
  '1 MiB of parentheses': (n) => `{ a${n}${'('.repeat(1_048_576)}`,
  '64 KiB of braces': (n) => `{ a${n} ${'{ a '.repeat(16_000)}`,
  '10,000 aliases': (n) => `{ ${times(10_000, (index) => `a${index}_${n}: __typename`)} }`,
  '990 repeated fields': (n) => `query q${n} { ${times(990, () => '__typename')} }`,
  '3,000 tokens of different fields': (n) => `query q${n} { ${times(2_990, (index) => `f${index}`)} }`,
  'fragments that double, 60 levels': (n) =>
    `query q${n} { adapter(id: "a") { ...F0 } } ${times(60, (index) => `fragment F${index} on Adapter { ... on Adapter { ...F${index + 1} } ... on Node { ... on Adapter { ...F${index + 1} } } }`)} fragment F60 on Adapter { id }`,
  'a ring of 500 fragments': (n) =>
    `query q${n} { adapter(id: "a") { ...F0 } } ${times(500, (index) => `fragment F${index} on Adapter { ...F${(index + 1) % 500} }`)}`,
  '400 fragments spread side by side': (n) =>
    `query q${n} { adapter(id: "a") { ${times(400, (index) => `...F${index}`)} } } ${times(400, (index) => `fragment F${index} on Adapter { id version }`)}`,
  'depth of 900': (n) => `query q${n} ${'{ a '.repeat(900)}${'}'.repeat(900)}`,
  'cost of 10^12': (n) =>
    `query q${n} { feedbackList(first: 1000) { edges { node { adapters(first: 1000) { edges { node { feedback(first: 1000) { edges { node { adapters(first: 1000) { edges { node { id } } } } } } } } } } } } }`,
  '1,900 directives': (n) => `query q${n} { __typename ${'@skip(if: true) '.repeat(600)} }`,
};

export async function run() {
  const schema = createSchema();
  const admit = createRequestPreparation(schema, { limits: DEFAULT_OPERATION_LIMITS, introspection: false });
  let missed = false;
  for (const [name, make] of Object.entries(ATTACKS)) {
    const spent = [];
    let verdict = 'admitted';
    for (let round = 0; round < ROUNDS; round += 1) {
      const text = make(round);
      const before = process.cpuUsage();
      try {
        verdict = 'invalid' in admit(text, undefined, {}) ? 'not valid' : 'admitted';
      } catch (error) {
        verdict = error.limit?.name ?? error.code;
      }
      const { user, system } = process.cpuUsage(before);
      spent.push((user + system) / 1_000);
    }
    spent.sort((a, b) => a - b);
    const worst = spent.at(-1);
    missed ||= worst > GOAL_MS;
    const median = spent[Math.floor(ROUNDS / 2)];
    process.stdout.write(`${name}: ${verdict}, median ${median.toFixed(2)} ms, most ${worst.toFixed(2)} ms\n`);
  }
  process.stdout.write(`goal of at most ${GOAL_MS} ms: ${missed ? 'MISSED' : 'met'}\n`);
}
