// npm run bench -- NAME [options]: runs one measurement.
import process from 'node:process';

const MEASUREMENTS = { scale: './scale.js' };

const [name, ...options] = process.argv.slice(2);
const file = Object.hasOwn(MEASUREMENTS, name ?? '') ? MEASUREMENTS[name] : undefined;
if (file === undefined) {
  process.stderr.write(`usage: npm run bench -- ${Object.keys(MEASUREMENTS).join('|')} [options]\n`);
  process.exit(2);
}
const { run } = await import(file);
await run(options);
