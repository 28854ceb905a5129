import type { FastifyRequest } from 'fastify';
import type { RequestContext, Services } from '../graphql/context.js';
import type { RunOperation } from '../graphql/execution.js';
import type { Application } from '../http/application.js';
import { requestContext } from '../http/request-context.js';
import { omitNullish } from '../omit-nullish.js';
import { EXAMPLES } from './examples.js';
import { answer, TAGS } from './openapi.js';
import { IssueTokenDocument, RevokeTokensDocument } from './operations.generated.js';
import { IssuedTokenAnswer, IssueTokenBody, RevokedTokensAnswer, RevokeTokensBody } from './token-schemas.js';

const TOKENS = '/api/v1/llm/tokens';

/** Tokens for browsers, and their end. */
export function tokenRoutes(application: Application, run: RunOperation, services: Services): void {
  const contextOf = (request: FastifyRequest): RequestContext => requestContext(request, services);

  application.post(
    TOKENS,
    {
      config: { failure: 'Failed to issue a token' },
      schema: {
        operationId: 'issueToken',
        summary: 'Issue a token',
        description:
          'Issues a short-lived token for one user of the organization, such as for a browser that submits feedback ' +
          'itself. Its permissions are no wider than those of the issuer. The token is not stored.',
        tags: [TAGS.tokens],
        body: IssueTokenBody,
        response: { 201: answer(IssuedTokenAnswer, 'The token was issued.', EXAMPLES.issuedToken) },
      },
    },
    async (request, reply) => {
      const { sub, roles, expires_in, interaction_id, model_version, adapter_id } = request.body;
      const input = {
        sub,
        ...omitNullish({
          roles,
          expiresIn: expires_in,
          interactionId: interaction_id,
          modelVersion: model_version,
          adapterId: adapter_id,
        }),
      };
      const { issueToken: issued } = await run(IssueTokenDocument, { input }, contextOf(request));
      return reply.code(201).send({
        token: issued.token,
        token_type: 'Bearer',
        jti: issued.tokenId,
        sub: issued.sub,
        permissions: issued.permissions,
        expires_at: issued.expiresAt.getTime(),
      });
    },
  );

  application.post(
    `${TOKENS}/revoke`,
    {
      config: { failure: 'Failed to revoke tokens', fieldNames: new Map([['tokenId', 'jti']]) },
      schema: {
        operationId: 'revokeTokens',
        summary: 'Revoke tokens',
        description:
          'Revokes one token by its `jti`, or all of a user (`sub`) or of the organization (`all`, with the permission ' +
          '`org:admin`) that were issued up to `before`. Live connections that were opened with them end within a second.',
        tags: [TAGS.tokens],
        body: RevokeTokensBody,
        response: { 200: answer(RevokedTokensAnswer, 'The tokens are revoked.', EXAMPLES.revokedTokens) },
        refusals: ['CONFLICT'],
      },
    },
    async (request) => {
      const { jti, sub, all, before } = request.body;
      const input = omitNullish({
        tokenId: jti,
        sub,
        all,
        before: before === undefined ? undefined : new Date(before),
      });
      const { revokeTokens: revoked } = await run(RevokeTokensDocument, { input }, contextOf(request));
      return { before: revoked.before.getTime() };
    },
  );
}
