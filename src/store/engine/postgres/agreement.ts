/**
 * What the servers of a store have agreed on, as servers of several releases run side by side during an upgrade: who may
 * use the tables, and in which format records are written. Both only move forward, and only under the lock of one row. A
 * server that joins takes it as well: so who moves them knows of every server, and who joins knows how far they are.
 */
import { StoreOpenError } from '../../errors.js';
import { RECORD_FORMAT } from '../../record.js';
import { SCHEMA_VERSION } from './migrations.js';
import type { Session } from './session.js';
import { numberAt } from './wire.js';

/** What a program can use. */
export interface Abilities {
  /** The newest version of the tables that it knows. */
  readonly schemaVersion: number;
  /** The newest format of records that it reads and writes; it can do so with every one before. */
  readonly recordFormat: number;
}

export const OWN_ABILITIES: Abilities = { schemaVersion: SCHEMA_VERSION, recordFormat: RECORD_FORMAT };

/** What a store asks of the programs that use it. */
export interface Demands {
  readonly schemaVersion: number;
  /** The oldest version of the tables whose programs may use these. */
  readonly compatibleWith: number;
  /** The newest format in which a record may have been written. */
  readonly recordFormat: number;
}

export interface Agreement extends Demands {
  /** The newest format that all live servers read, of which this is one. */
  readonly readableFormat: number;
}

/** Why a program cannot use a store, in one sentence for the operator; undefined if it can. @param store its subject */
export function whyOutdated(store: string, demands: Demands, abilities: Abilities): string | undefined {
  const { schemaVersion, compatibleWith, recordFormat } = demands;
  if (abilities.schemaVersion < compatibleWith) {
    return (
      `${store} has tables of version ${schemaVersion}, which a later release of feedback-graph made; ` +
      `this one knows version ${abilities.schemaVersion}: install that release`
    );
  }
  if (abilities.recordFormat < recordFormat) {
    return (
      `${store} has records of format ${recordFormat}, which a later release of feedback-graph wrote; ` +
      `this one knows format ${abilities.recordFormat}: install that release`
    );
  }
  return undefined;
}

export async function readAgreement(session: Session): Promise<Agreement> {
  const [row = []] = await session.run('agreement');
  return {
    schemaVersion: numberAt(row, 0),
    compatibleWith: numberAt(row, 1),
    recordFormat: numberAt(row, 2),
    readableFormat: numberAt(row, 3),
  };
}

/**
 * Registers a server, unless the others have gone on to what it cannot use.
 * @param registration the values of the statement
 * @throws StoreOpenError, with nothing registered
 */
export function join(session: Session, registration: readonly unknown[], abilities: Abilities): Promise<void> {
  return underLock(session, async () => {
    await session.run('register', registration);
    const refusal = whyOutdated('The store', await readAgreement(session), abilities);
    if (refusal !== undefined) throw new StoreOpenError(refusal);
  });
}

/** Lets all servers write in the newest format that each of them reads. From here on, no other can join. */
export function raiseRecordFormat(session: Session): Promise<void> {
  return underLock(session, async () => {
    const { recordFormat, readableFormat } = await readAgreement(session);
    if (readableFormat > recordFormat) await session.run('setRecordFormat', [readableFormat]);
  });
}

async function underLock(session: Session, work: () => Promise<void>): Promise<void> {
  try {
    // Each statement sees what was committed before it, not before the lock was had.
    await session.command('BEGIN ISOLATION LEVEL READ COMMITTED');
    await session.run('lockAgreement');
    await work();
    await session.command('COMMIT');
  } catch (error) {
    await session.command('ROLLBACK').catch(() => session.destroy());
    throw error;
  }
}
