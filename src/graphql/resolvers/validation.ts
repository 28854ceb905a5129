import { Ctx, Query, Resolver } from 'type-graphql';
import { omitNullish } from '../../omit-nullish.js';
import type { PluginReport } from '../../validation/registry.js';
import type { RequestContext } from '../context.js';
import { ValidationPluginReport } from '../types/validation.js';

@Resolver()
export class ValidationResolver {
  @Query(() => [ValidationPluginReport], {
    description:
      'Activity of each validation plugin since the server started, across all organizations, in the order in ' +
      'which plugins run.',
  })
  async validationPlugins(@Ctx() context: RequestContext): Promise<ValidationPluginReport[]> {
    return ((await context.services.plugins?.()) ?? []).map(toReport);
  }
}

function toReport({
  verdicts,
  failures,
  timeouts,
  latency,
  lastFailure,
  ...report
}: PluginReport): ValidationPluginReport {
  return {
    ...report,
    acceptedCount: verdicts.accept,
    flaggedCount: verdicts.flag,
    rejectedCount: verdicts.reject,
    modifiedCount: verdicts.modify,
    failureCount: failures,
    timeoutCount: timeouts,
    averageMilliseconds: latency.count === 0 ? 0 : latency.total / latency.count,
    longestMilliseconds: latency.longest,
    ...omitNullish({ lastFailureAt: lastFailure?.at, lastFailureReason: lastFailure?.reason }),
  };
}
