import { Type } from 'typebox';

const MAX_TIME = 8_640_000_000_000_000;

export const IssueTokenBody = Type.Object(
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
  { additionalProperties: false, title: 'IssueToken' },
);

export const IssuedTokenAnswer = Type.Object(
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

export const RevokeTokensBody = Type.Object(
  {
    jti: Type.Optional(Type.String({ description: 'One token, by its id.' })),
    sub: Type.Optional(Type.String({ description: 'All tokens of one user.' })),
    all: Type.Optional(
      Type.Boolean({ description: 'true: all tokens of the organization, the one of this request included.' }),
    ),
    before: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: MAX_TIME,
        description:
          'With `sub` or `all`: revokes only tokens issued up to this time, in epoch milliseconds, and those that do ' +
          'not say when; now by default.',
      }),
    ),
  },
  { additionalProperties: false, title: 'RevokeTokens' },
);

export const RevokedTokensAnswer = Type.Object(
  { before: Type.Integer({ description: 'Tokens issued up to this time are revoked, in epoch milliseconds.' }) },
  { title: 'RevokedTokens' },
);
