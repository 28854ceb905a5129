#!/usr/bin/env node
// Only the check is imported statically: a Node.js that is too old may not be able to parse the rest.
import { unsupportedNode } from './cli/node-version.js';

const problem = unsupportedNode(process.versions.node);
if (problem === undefined) {
  void import('./cli/main.js');
} else {
  process.stderr.write(`error: ${problem}\n`);
  process.exitCode = 1;
}
