import type { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { Actor } from '../audit/events.js';
import { planFilter } from '../feedback/index/filter.js';
import { countFeedback } from '../feedback/list.js';
import type { Services } from '../graphql/context.js';
import type { Application } from '../http/application.js';
import { requirePrincipal } from '../http/guard.js';
import { createBackup } from '../maintenance/backup.js';
import { createSingleDownloads } from './download.js';
import { TAGS } from './openapi.js';

const BACKUP = {
  description: 'A backup for `feedback-graph restore`.',
  content: { 'application/octet-stream': { schema: Type.Unsafe<Readable>({}) } },
};

/** What administrators do to an organization as a whole, and operators to the store. */
export function maintenanceRoutes(
  application: Application,
  services: Pick<Services, 'store' | 'keyedHash' | 'now' | 'accessTrail'>,
): void {
  const { store, keyedHash, now, accessTrail } = services;
  /** By organization, and that of the whole store, as each backup reads a whole store. */
  const backups = createSingleDownloads<string | undefined>(application);

  /** @param organization whose data is sent; that of all without one */
  async function sendBackup(
    request: FastifyRequest,
    reply: FastifyReply,
    organization: string | undefined,
  ): Promise<Readable> {
    const { org, sub } = requirePrincipal(request);
    const at = now();
    const backup = await backups.begin(
      organization,
      `A backup of ${organization === undefined ? 'the whole store' : 'this organization'} is already running`,
      createBackup(store, { at, ...(organization !== undefined && { organization }) }),
      () => recordBackup({ sub, org, requestId: request.id }, organization),
    );
    const name = `feedback-graph-${new Date(at).toISOString().replaceAll(/[:.]/g, '-')}.backup`;
    void reply.type('application/octet-stream').header('content-disposition', `attachment; filename="${name}"`);
    return backup;
  }

  async function recordBackup(actor: Actor, organization: string | undefined): Promise<void> {
    if (accessTrail === undefined) return;
    if (organization === undefined) return accessTrail.record(actor, 'store.backup', {});
    const plan = planFilter(organization, {}, keyedHash);
    const { count: entries } = await store.read((reader) => countFeedback(reader, plan));
    return accessTrail.record(actor, 'organization.backup', { entries });
  }

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
        response: { 200: BACKUP },
        refusals: ['CONFLICT'],
      },
    },
    // An administrator is one of an organization, and no token crosses organizations: what is sent is its own alone.
    (request, reply) => sendBackup(request, reply, requirePrincipal(request).org),
  );

  application.get(
    '/api/v1/llm/admin/store-backup',
    {
      config: { failure: 'Failed to back up' },
      exposeHeadRoute: false,
      schema: {
        operationId: 'backUpStore',
        summary: 'Back up the whole store',
        description:
          'Exports all data of all organizations at a single point in time, with the secrets of the store. Whoever has ' +
          'the file can read everything in it.',
        tags: [TAGS.maintenance],
        response: { 200: BACKUP },
        refusals: ['CONFLICT'],
      },
    },
    (request, reply) => sendBackup(request, reply, undefined),
  );
}
