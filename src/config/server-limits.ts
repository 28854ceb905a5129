import type { ServerLimits } from '../graphql/server-limits.js';
import type { Config } from './config.js';

/** The limits of a server with these settings, as it tells clients. */
export function serverLimits(config: Config): ServerLimits {
  return {
    userRequestsPerMinute: config.limits.userPerMinute,
    organizationRequestsPerHour: config.limits.orgPerHour,
    expensiveCallsPerMinute: config.expensivePerMinute,
    requestBytes: config.bodyLimit,
    responseBytes: config.requestBudget.answerBytes,
    textCharacters: config.entryLimits.textCharacters,
    entryBytes: config.entryLimits.entryBytes,
    operationDepth: config.operationLimits.depth,
    operationCost: config.operationLimits.cost,
    connectionsPerUser: config.live.connectionsPerUser,
    subscriptionsPerUser: config.live.subscriptionsPerUser,
  };
}
