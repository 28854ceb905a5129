/** Which processes use a store at this moment, and which of them may do so beside one another. */
import type { StoreUse } from '../../engines.js';
import { StoreOpenError } from '../../errors.js';
import type { Session } from './session.js';
import { numberAt, textAt } from './wire.js';

/** What a process is registered for: all but readers, and what fills an empty store. */
export type RegisteredUse = Exclude<StoreUse, 'read'> | 'load';

const NAMES: Readonly<Record<RegisteredUse, readonly [one: string, many: string]>> = {
  server: ['server', 'servers'],
  change: ['command', 'commands'],
  import: ['import', 'imports'],
  repair: ['repair', 'repairs'],
  load: ['restore or copy', 'restores or copies'],
};

/** With whom each must not be at the same time. */
const CONFLICTS: Readonly<Record<RegisteredUse, readonly RegisteredUse[]>> = {
  server: ['repair', 'load'],
  change: ['repair', 'load'],
  import: ['import', 'repair', 'load'],
  repair: ['server', 'change', 'import', 'repair', 'load'],
  load: ['server', 'change', 'import', 'repair', 'load'],
};

export type LiveUses = ReadonlyMap<RegisteredUse, number>;

/** How many processes have told within the last seconds that they use the store, by what for. */
export async function readLiveUses(session: Session): Promise<LiveUses> {
  const rows = await session.run('liveUses');
  return new Map(
    rows.flatMap((row): [RegisteredUse, number][] => {
      const kind = textAt(row, 0);
      return isRegisteredUse(kind) ? [[kind, numberAt(row, 1)]] : [];
    }),
  );
}

/**
 * Call it once this process is registered, and the others see it too: of two that must not meet, at least one then finds the
 * other.
 * @param registered whether this process is among those that are found
 * @throws StoreOpenError if the store is used by somebody who must not be there at the same time
 */
export async function refuseConflicts(
  session: Session,
  use: RegisteredUse,
  where: string,
  registered: boolean,
): Promise<void> {
  const live = await readLiveUses(session);
  let total = 0;
  const others = CONFLICTS[use].flatMap((other) => {
    const number = Math.max(0, (live.get(other) ?? 0) - (registered && other === use ? 1 : 0));
    total += number;
    return number > 0 ? [`${number} ${NAMES[other][number === 1 ? 0 : 1]}`] : [];
  });
  if (total === 0) return;
  const advice =
    total === 1 ? 'stop it first, or wait until it is done' : 'stop them first, or wait until they are done';
  throw new StoreOpenError(`The store ${where} is in use by ${others.join(' and ')}: ${advice}`);
}

function isRegisteredUse(kind: string): kind is RegisteredUse {
  return Object.hasOwn(NAMES, kind);
}
