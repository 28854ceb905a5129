import { cpus, loadavg, totalmem } from 'node:os';
import process from 'node:process';

const NAMES = {
  limit: 'the ceiling',
  postgraphile: 'PostGraphile',
  anew: 'ours with the response cache off',
  graphqlJs: 'ours on graphql-js, response cache off',
  apollo: 'Apollo Server with its defaults (graphql-js)',
};
/** The p99 at half of the top rate may be this many medians. */
const TAIL = 5;

export function environment() {
  const [processor] = cpus();
  return {
    processor: `${cpus().length} × ${processor?.model ?? 'unknown'}`,
    memoryGib: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    platform: process.platform,
    // What others do at the same time moves rates and latencies, and processor times less.
    loadAverage: loadavg()[0],
  };
}

function perSecond(value) {
  return value >= 100 ? Math.round(value).toLocaleString('en') : value.toFixed(1);
}

/** What a request costs the process with all its threads, which other work on the machine moves less than the rate. */
function processorTime(ours, theirs) {
  return `processor time of a request ${Math.round(ours)} µs against ${Math.round(theirs)} µs (${(theirs / ours).toFixed(2)} ×)`;
}

/** Of one operation: how many times as fast as each of the others, and the goal. */
function ratios({ servers, goals }) {
  return Object.entries(servers)
    .filter(([name]) => name !== 'ours')
    .map(([name, { perSecond: theirs, cpuMicroseconds }]) => {
      const ratio = servers.ours.perSecond / theirs;
      const goal = goals[name];
      const verdict = goal === undefined ? '' : ratio >= goal ? ` (goal ${goal}: met)` : ` (goal ${goal}: MISSED)`;
      const processor = name === 'baseline' ? `; ${processorTime(servers.ours.cpuMicroseconds, cpuMicroseconds)}` : '';
      return `${ratio.toFixed(2)} × ${NAMES[name]} at ${perSecond(theirs)}/s${verdict}${processor}`;
    });
}

function tailOf(name, { median, p99 }) {
  const tail = p99 / median;
  const verdict = name === 'ours' ? ` (goal ${TAIL}: ${tail <= TAIL ? 'met' : 'MISSED'})` : '';
  const whose = name === 'ours' ? '' : ` of ${NAMES[name]}`;
  return `at half the rate${whose}: median ${median.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms, ${tail.toFixed(1)} medians${verdict}`;
}

export function compareTable({ environment: machine, entries, rounds, seconds, connections, results }) {
  const lines = [
    `${machine.processor}, ${machine.memoryGib} GiB, Node.js ${machine.node}; ${entries.toLocaleString('en')} entries; ` +
      `${connections} connections; median of ${rounds} round${rounds === 1 ? '' : 's'} of ${seconds} s`,
    '',
  ];
  for (const result of results) {
    const { ours } = result.servers;
    lines.push(
      `${result.name}: ${perSecond(ours.perSecond)}/s, median ${ours.median.toFixed(2)} ms, p99 ${ours.p99.toFixed(2)} ms`,
    );
    for (const ratio of ratios(result)) lines.push(`  ${ratio}`);
    for (const [name, latency] of Object.entries(result.halfRate)) lines.push(`  ${tailOf(name, latency)}`);
  }
  return lines.join('\n');
}
