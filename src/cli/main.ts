/** The command `feedback-graph`, once the entry has found that this Node.js can run it. */
import { run } from './run.js';
import { screenOf } from './screen.js';

// Whoever reads our output may stop reading (`feedback-graph --help | head -1`); a server is not to end for that.
process.stdout.on('error', () => undefined);

const exitCode = await run(process.argv.slice(2), {
  environment: process.env,
  out: (text) => void process.stdout.write(text),
  error: (text) => void process.stderr.write(text),
  screen: screenOf(process.stdout, process.env),
  errorScreen: screenOf(process.stderr, process.env),
});
// What is still on its way to a pipe is written first.
process.stdout.write('', () => process.exit(exitCode));
