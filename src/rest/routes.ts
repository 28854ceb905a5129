import type { Services } from '../graphql/context.js';
import type { RunOperation } from '../graphql/execution.js';
import type { Application } from '../http/application.js';
import type { ConsumeRequests } from '../http/request-limits.js';
import { packageVersion } from '../version.js';
import { adapterRoutes } from './adapter-routes.js';
import { batchRoute } from './batch-route.js';
import { bomRoute } from './bom-route.js';
import { bulkRoutes } from './bulk-routes.js';
import { changesRoute, type ChangesOptions } from './changes-route.js';
import { evaluationRoutes } from './evaluation-routes.js';
import { facetsRoute } from './facets-route.js';
import { feedbackRoutes } from './feedback-routes.js';
import { graphRoutes } from './graph-routes.js';
import { historyRoutes } from './history-routes.js';
import { linkRoutes } from './link-routes.js';
import { maintenanceRoutes } from './maintenance-routes.js';
import { markUsedRoute } from './mark-used-route.js';
import { describeApi } from './openapi.js';
import { peopleRoutes } from './people-routes.js';
import { promotionRoutes } from './promotion-routes.js';
import { promotionRulesRoutes } from './promotion-rules-routes.js';
import { reviewClaimRoutes } from './review-claim-routes.js';
import { reviewRoutes } from './review-routes.js';
import { rulesRoutes } from './rules-routes.js';
import { similarRoute } from './similar-route.js';
import { statsByDayRoutes } from './stats-by-day-routes.js';
import { tokenRoutes } from './token-routes.js';
import { trainingExportRoutes } from './training-export-routes.js';
import { trainingRoutes } from './training-routes.js';
import { viewRoutes } from './view-routes.js';
import { webhookRoutes } from './webhook-routes.js';

export interface RestOptions {
  readonly run: RunOperation;
  readonly services: Services;
  readonly consume: ConsumeRequests;
  readonly live: Omit<ChangesOptions, 'services'>;
  /** Bytes. */
  readonly bodyLimit: number;
  /** Similarity of wording at which an export counts rows as duplicates, 0.9 to 1. */
  readonly similarity: number;
}

/** All routes of the API, and their description. */
export async function restRoutes(
  application: Application,
  { run, services, consume, live, bodyLimit, similarity }: RestOptions,
): Promise<void> {
  await describeApi(application, packageVersion());
  feedbackRoutes(application, run, services);
  linkRoutes(application, run, services);
  markUsedRoute(application, run, services);
  facetsRoute(application, run, services);
  rulesRoutes(application, run, services);
  viewRoutes(application, run, services);
  batchRoute(application, run, services, consume, bodyLimit);
  bulkRoutes(application, run, services, bodyLimit);
  reviewRoutes(application, run, services);
  reviewClaimRoutes(application, run, services);
  historyRoutes(application, run, services);
  similarRoute(application, run, services);
  statsByDayRoutes(application, run, services);
  adapterRoutes(application, run, services);
  bomRoute(application, run, services);
  promotionRoutes(application, run, services);
  evaluationRoutes(application, run, services);
  promotionRulesRoutes(application, run, services);
  graphRoutes(application, run, services);
  trainingRoutes(application, run, services);
  trainingExportRoutes(application, services, { similarity });
  changesRoute(application, { services, ...live });
  tokenRoutes(application, run, services);
  webhookRoutes(application, run, services);
  maintenanceRoutes(application, services);
  peopleRoutes(application, services);
}
