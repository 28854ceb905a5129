import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import type { RequestContext, Services } from '../graphql/context.js';
import type { RunOperation } from '../graphql/execution.js';
import type { Application } from '../http/application.js';
import { requestContext } from '../http/request-context.js';
import { omitNullish } from '../omit-nullish.js';
import { timeSchema } from './field-schemas.js';
import { answer, TAGS } from './openapi.js';
import { IssueTokenDocument, RevokeTokensDocument } from './operations.generated.js';
import { closed } from './schemas.js';

const TOKENS = '/api/v1/llm/tokens';

const IssueTokenBody = Type.Object(
  {
    sub: Type.String({ description: 'The user that the token is for: 1 to 256 bytes.' }),
    roles: Type.Optional(
      Type.Array(Type.String(), {
        description:
          'Roles and single permissions, all of which the issuer must have; `submitter` by default. `tokens:issue`, ' +
          '`org:admin` and `server:operate` are never issued.',
      }),
    ),
    expires_in: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 86_400,
        description: 'Seconds until the token expires; 900 by default.',
      }),
    ),
    interaction_id: Type.Optional(
      Type.String({
        description: 'The only interaction that the token submits feedback about, and whose entries it reads.',
      }),
    ),
    model_version: Type.Optional(
      Type.String({ description: 'The only model version that the token submits feedback about.' }),
    ),
    adapter_id: Type.Optional(Type.String({ description: 'The only adapter that the token submits feedback about.' })),
  },
  {
    ...closed,
    title: 'IssueToken',
    'x-examples': {
      browser: {
        summary: 'For the feedback of one user on one interaction',
        value: { sub: 'user123', expires_in: 900, interaction_id: 'chat-17' },
      },
    },
  },
);

const IssuedTokenAnswer = Type.Object(
  {
    token: Type.String({ description: 'The token.' }),
    token_type: Type.Literal('Bearer', { description: 'How to send it: `Authorization: Bearer`.' }),
    jti: Type.String({ description: 'Id of the token, by which it can be revoked.' }),
    sub: Type.String({ description: 'The user that the token is for.' }),
    permissions: Type.Array(Type.String(), { description: 'The permissions of the token.' }),
    expires_at: Type.Integer({ description: 'Time the token expires, in epoch milliseconds.' }),
  },
  { title: 'IssuedToken' },
);

const RevokeTokensBody = Type.Object(
  {
    jti: Type.Optional(Type.String({ description: 'One token, by its id.' })),
    sub: Type.Optional(Type.String({ description: 'All tokens of one user.' })),
    all: Type.Optional(
      Type.Boolean({ description: 'true: all tokens of the organization, including the one of this request.' }),
    ),
    before: Type.Optional(
      timeSchema(
        'With `sub` or `all`: revokes only tokens without an issue time (now by default) and those issued up to this time',
        1,
      ),
    ),
  },
  {
    ...closed,
    title: 'RevokeTokens',
    'x-examples': {
      one: { summary: 'One token', value: { jti: '0b7b3c1e-5d0c-4e0f-9a51-8f6f2f6f7c11' } },
      user: { summary: 'All tokens of a user', value: { sub: 'user123' } },
    },
  },
);

const RevokedTokensAnswer = Type.Object(
  { before: Type.Integer({ description: 'Tokens issued up to this time are revoked, in epoch milliseconds.' }) },
  { title: 'RevokedTokens' },
);

const ISSUED_EXAMPLES = {
  browser: {
    summary: 'A token of a submitter',
    value: {
      token: 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ1c2VyMTIzIn0.c2lnbmF0dXJl',
      token_type: 'Bearer',
      jti: '0b7b3c1e-5d0c-4e0f-9a51-8f6f2f6f7c11',
      sub: 'user123',
      permissions: ['feedback:submit', 'feedback:read:own', 'feedback:revise:own'],
      expires_at: 1_234_568_790_000,
    },
  },
};

const REVOKED_EXAMPLES = { now: { summary: 'Up to now', value: { before: 1_234_567_890_000 } } };

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
        response: { 201: answer(IssuedTokenAnswer, 'The token was issued.', ISSUED_EXAMPLES) },
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
          'Revokes one token by its `jti`, or all tokens of a user (`sub`) or of the organization (`all`, with the ' +
          'permission `org:admin`) that were issued up to `before`. Live connections opened with them end within a second.',
        tags: [TAGS.tokens],
        body: RevokeTokensBody,
        response: { 200: answer(RevokedTokensAnswer, 'The tokens are revoked.', REVOKED_EXAMPLES) },
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
