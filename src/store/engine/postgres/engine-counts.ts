import type { StoreMetric } from '../../contract.js';

/** What the engine has done since it was opened, for operators. */
export interface EngineCounts {
  /** Groups of transactions that were committed together. */
  groups: number;
  /** Runs of transactions that were in vain, as something that they had read was changed. */
  conflicts: number;
  /** Those of them that had read nothing that was changed, but had made ids before another server committed later ones. */
  outdatedStamps: number;
  /** Transactions that ran under the lock of their streams. */
  exclusiveRuns: number;
  /** Reads that commits came between, so that they were made again in one snapshot. */
  snapshotReads: number;
  /** Groups that the database did not take, or whose connection was lost, so that they were sent again. */
  repeatedGroups: number;
  /** How often the database was found to have lost commits that it had acknowledged. */
  lossesFound: number;
  /** Time from asking for the lock of a stream to having it, in total, seconds. */
  lockSeconds: number;
  /** Time from the lock to the end of a commit, in total, seconds. */
  commitSeconds: number;
}

export function createEngineCounts(): EngineCounts {
  return {
    groups: 0,
    conflicts: 0,
    outdatedStamps: 0,
    exclusiveRuns: 0,
    snapshotReads: 0,
    repeatedGroups: 0,
    lossesFound: 0,
    lockSeconds: 0,
    commitSeconds: 0,
  };
}

const HELP: Readonly<Record<keyof EngineCounts, string>> = {
  groups: 'Groups of transactions that were committed together.',
  conflicts: 'Runs of transactions that were in vain, as something that they had read was changed.',
  outdatedStamps: 'Runs of transactions that were in vain, as another server had committed later ids.',
  exclusiveRuns: 'Transactions that ran under the lock of their organization.',
  snapshotReads: 'Reads that were made again in one snapshot of the database, as commits came between.',
  repeatedGroups: 'Groups of transactions that were sent again.',
  lossesFound: 'How often the database was found to have lost commits that it had acknowledged.',
  lockSeconds: 'Time spent waiting for the locks of organizations.',
  commitSeconds: 'Time spent under the locks of organizations.',
};

/** What there is of the engine now. */
export interface EngineGauges {
  readonly sessionsOpen: number;
  readonly sessionsWaitedFor: number;
  readonly organizationsKnown: number;
  /** Of the organization with the most. */
  readonly logLagCommits: number;
  readonly logCommits: number;
}

const GAUGE_HELP: Readonly<Record<keyof EngineGauges, string>> = {
  sessionsOpen: 'Connections to the database.',
  sessionsWaitedFor: 'Work that waits for a connection to the database.',
  organizationsKnown: 'Organizations of whose commits the server keeps track in memory.',
  logLagCommits:
    'Commits of one organization that the server has not read from the log yet, of the known one with the most.',
  logCommits: 'Commits in the log of the organizations that are known; 4,096 to 5,120 are kept of each.',
};

export function toMetrics(counts: EngineCounts, gauges: EngineGauges): StoreMetric[] {
  return [
    ...(Object.keys(HELP) as (keyof EngineCounts)[]).map((name) => ({
      kind: 'counter' as const,
      name: `${toSnakeCase(name)}_total`,
      help: HELP[name],
      value: counts[name],
    })),
    ...(Object.keys(GAUGE_HELP) as (keyof EngineGauges)[]).map((name) => ({
      kind: 'gauge' as const,
      name: toSnakeCase(name),
      help: GAUGE_HELP[name],
      value: gauges[name],
    })),
  ];
}

function toSnakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
