// npm run bench -- NAME [options]: runs one measurement.
import process from 'node:process';

const MEASUREMENTS = {
  scale: ['./scale.js'],
  console: ['./console.js'],
  'console-scroll': ['./console-scroll.js'],
  search: ['./search.js'],
  compare: ['./compare.js'],
  quick: ['./compare.js', '--quick'],
  refusals: ['./refusals.js'],
  postgres: ['./postgres.js'],
  graph: ['./graph-questions.js'],
  used: ['./used.js'],
  soak: ['./soak.js'],
  start: ['./start.js'],
  table: ['./table.js'],
  runaway: ['./runaway.js'],
  attacks: ['./attacks.js'],
  fuzz: ['./fuzz.js'],
  training: ['./training.js'],
  faults: ['./faults.js'],
  import: ['./import.js'],
};

const [name, ...options] = process.argv.slice(2);
const found = Object.hasOwn(MEASUREMENTS, name ?? '') ? MEASUREMENTS[name] : undefined;
if (found === undefined) {
  process.stderr.write(`usage: npm run bench -- ${Object.keys(MEASUREMENTS).join('|')} [options]\n`);
  process.exit(2);
}
const [file, ...given] = found;
const { run } = await import(file);
await run([...given, ...options]);
