/** The oldest supported Node.js, as `engines` of package.json has it. */
const MIN_MAJOR = 20;
const MIN_MINOR = 19;

/**
 * Says what to install if this version of Node.js is too old to run the server; undefined if it is supported. Old
 * versions have to parse this file, so it uses no syntax that came after ES2015.
 */
export function unsupportedNode(version: string): string | undefined {
  const parts = version.split('.');
  const major = Number(parts[0]);
  const minor = Number(parts[1]);
  if (major > MIN_MAJOR || (major === MIN_MAJOR && minor >= MIN_MINOR)) return undefined;
  return `feedback-graph needs Node.js ${MIN_MAJOR}.${MIN_MINOR} or later, and this is ${version}; install a current version from https://nodejs.org`;
}
