/** Which of the server's environment variables a plugin of the user's own sees. */

/** What programs need to find files, networks and languages, and Node.js to trust certificates. None is a secret of the server. */
const PASSED_ON: ReadonlySet<string> = new Set([
  'PATH',
  'HOME',
  'USERPROFILE',
  'SYSTEMROOT',
  'TMPDIR',
  'TEMP',
  'TMP',
  'TZ',
  'LANG',
  'LANGUAGE',
  'LD_LIBRARY_PATH',
  'NODE_ENV',
  'NODE_EXTRA_CA_CERTS',
  'CUDA_VISIBLE_DEVICES',
  'OMP_NUM_THREADS',
]);

/**
 * The variables that a plugin sees: some that are never secret, and those that its setting lists. What the server itself is
 * told in its environment, such as its keys, is for no plugin.
 */
export function pluginEnvironment(
  environment: Readonly<NodeJS.ProcessEnv>,
  listed: readonly string[] = [],
): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(environment).filter(([name]) => {
      // Windows does not tell `Path` from `PATH`.
      const upper = name.toUpperCase();
      return PASSED_ON.has(upper) || upper.startsWith('LC_') || listed.includes(name);
    }),
  );
}
