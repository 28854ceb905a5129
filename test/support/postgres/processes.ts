/** The processes of a PostgreSQL server. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';

/** @returns the ids of the processes that a process has started and that still run */
export function childProcessIds(parent: number): readonly number[] {
  return [...processTable()].filter(([, of]) => of === parent).map(([id]) => id);
}

/**
 * Ends a postmaster and everything that it has started, at once, as when the machine fails. Its backends lead process
 * groups of their own, so a signal to a group would miss them. Resolves when all are gone: a server that starts while one
 * lives finds the shared memory in use.
 */
export async function killPostgres(postmaster: number): Promise<void> {
  // Stopped, it starts nothing more while its children are listed.
  signal(postmaster, 'SIGSTOP');
  const all = [postmaster, ...childProcessIds(postmaster)];
  for (const id of all) signal(id, 'SIGKILL');
  while (all.some(isRunning)) await setTimeout(5);
}

/** Sends a signal to a process; one that has ended needs none. */
export function signal(id: number, name: NodeJS.Signals): void {
  try {
    process.kill(id, name);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

function isRunning(id: number): boolean {
  if (process.platform === 'linux') {
    const state = statOf(id)?.state;
    // A zombie holds nothing any more; in a container there may be nobody who reaps it.
    return state !== undefined && state !== 'Z';
  }
  try {
    process.kill(id, 0);
    return true;
  } catch {
    return false;
  }
}

/** @returns each process with its parent */
function processTable(): ReadonlyMap<number, number> {
  if (process.platform !== 'linux') {
    const { stdout } = spawnSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' });
    return new Map([...stdout.matchAll(/(\d+)\s+(\d+)/g)].map(([, id, parent]) => [Number(id), Number(parent)]));
  }
  // A Linux without `ps` is common in containers.
  const ids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return new Map(
    ids.map(Number).flatMap((id) => {
      const parent = statOf(id)?.parent;
      return parent === undefined ? [] : [[id, parent] as const];
    }),
  );
}

/** @returns undefined for a process that has ended */
function statOf(id: number): { readonly state: string | undefined; readonly parent: number } | undefined {
  try {
    // `pid (name) state ppid …`; the name may contain anything.
    const [state, parent] = readFileSync(`/proc/${id}/stat`, 'utf8')
      .replace(/^.*\)\s*/s, '')
      .split(' ');
    return { state, parent: Number(parent) };
  } catch {
    return undefined;
  }
}
