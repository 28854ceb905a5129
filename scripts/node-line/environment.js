// The environment of the programs that the scripts start: that of whoever started the script, without what
// `npm run` adds to it, and with one Node.js first in the search path.
import { delimiter, dirname } from 'node:path';
import process from 'node:process';

/** Settings of npm that somebody may have made by the environment, and that a child must have, too. */
const NPM_SETTINGS =
  /^npm_config_(.*registry|cache|userconfig|globalconfig|https?_proxy|https?-proxy|proxy|noproxy|cafile)$/i;

/** The environment in which `node` and the `#!/usr/bin/env node` of scripts mean the given program. */
export function environmentOf(node, additions = {}) {
  const kept = Object.entries(process.env).filter(
    // Windows has `Path`, and takes either.
    ([name]) => !/^path$/i.test(name) && (!/^npm_/i.test(name) || NPM_SETTINGS.test(name)),
  );
  return { ...Object.fromEntries(kept), PATH: [dirname(node), searchPath()].join(delimiter), ...additions };
}

/** Without the `node_modules/.bin` that `npm run` puts first. */
function searchPath() {
  const [, path = ''] = Object.entries(process.env).find(([name]) => /^path$/i.test(name)) ?? [];
  return path
    .split(delimiter)
    .filter((folder) => !/[\\/](node_modules[\\/]\.bin|node-gyp-bin)$/.test(folder))
    .join(delimiter);
}
