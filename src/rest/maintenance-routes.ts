import type { Readable } from 'node:stream';
import { Type } from 'typebox';
import { ApiError } from '../errors.js';
import { planFilter } from '../feedback/index/filter.js';
import { countFeedback } from '../feedback/list.js';
import type { Services } from '../graphql/context.js';
import type { Application } from '../http/application.js';
import { requirePrincipal } from '../http/guard.js';
import { createBackup } from '../maintenance/backup.js';
import { breakOffStalled } from './download.js';
import { TAGS } from './openapi.js';

/** What administrators do to a running server as a whole. */
export function maintenanceRoutes(
  application: Application,
  services: Pick<Services, 'store' | 'keyedHash' | 'now' | 'accessTrail'>,
): void {
  const { store, keyedHash, now, accessTrail } = services;
  /** The backups under way, by organization: one of each, as reading a whole store is work. */
  const underWay = new Map<string, Readable>();

  // Nobody waits for a backup before the server stops; its client sees that its end is missing.
  application.addHook('preClose', () => {
    for (const backup of underWay.values()) backup.destroy(new Error('The server stops'));
    return Promise.resolve();
  });

  application.get(
    '/api/v1/llm/admin/backup',
    {
      config: { failure: 'Failed to back up' },
      exposeHeadRoute: false,
      schema: {
        operationId: 'backUp',
        summary: 'Back up an organization',
        description: "Exports all data of the token's organization at a single point in time.",
        tags: [TAGS.maintenance],
        response: {
          200: {
            description: 'A backup for `feedback-graph restore`.',
            content: { 'application/octet-stream': { schema: Type.Unsafe<Readable>({}) } },
          },
        },
        refusals: ['CONFLICT'],
      },
    },
    async (request, reply) => {
      const principal = requirePrincipal(request);
      const { org, sub } = principal;
      if (underWay.has(org)) throw new ApiError('CONFLICT', 'A backup of this organization is already running');

      const at = now();
      // An administrator is one of an organization, and no token crosses organizations: what is sent is its own alone.
      // One that is not taken is broken off: it keeps old data from going away.
      const backup = breakOffStalled(createBackup(store, { organization: org, at }));
      underWay.set(org, backup);
      backup.once('close', () => underWay.delete(org));
      try {
        if (accessTrail !== undefined) {
          const entries = await store.read((reader) => countFeedback(reader, planFilter(org, {}, keyedHash)));
          await accessTrail.record({ sub, org, requestId: request.id }, 'organization.backup', { entries });
        }
      } catch (error) {
        backup.destroy();
        throw error;
      }
      const name = `feedback-graph-${new Date(at).toISOString().replaceAll(/[:.]/g, '-')}.backup`;
      return reply
        .type('application/octet-stream')
        .header('content-disposition', `attachment; filename="${name}"`)
        .send(backup);
    },
  );
}
