import { GraphQLDateTime } from 'graphql-scalars';
import { Arg, Ctx, Field, ID, InputType, Int, Mutation, ObjectType, Resolver } from 'type-graphql';
import { ApiError } from '../../errors.js';
import { omitNullish } from '../../omit-nullish.js';
import { requirePermission } from '../../principal.js';
import { issueToken, revokeTokens, type TokenServices } from '../../tokens/tokens.js';
import type { RequestContext, Services } from '../context.js';

@InputType({ description: 'A token to issue.' })
export class IssueTokenInput {
  @Field(() => String, { description: 'The user that the token is for: its `sub` claim, 1 to 256 bytes.' })
  sub!: string;

  @Field(() => [String], {
    nullable: true,
    description:
      'Roles and single permissions, all of which the issuer must have; `submitter` by default. `tokens:issue`, ' +
      '`org:admin` and `server:operate` are never issued.',
  })
  roles?: string[] | null;

  @Field(() => Int, {
    nullable: true,
    description: 'Seconds until the token expires, from 1 to 86,400; 900 by default.',
  })
  expiresIn?: number | null;

  @Field(() => String, {
    nullable: true,
    description: 'The only interaction that the token submits feedback about, and whose entries it reads.',
  })
  interactionId?: string | null;

  @Field(() => String, { nullable: true, description: 'The only model version that the token submits feedback about.' })
  modelVersion?: string | null;

  @Field(() => ID, { nullable: true, description: 'The only adapter that the token submits feedback about.' })
  adapterId?: string | null;
}

@ObjectType({ simpleResolvers: true, description: 'A token that the server has issued. It is not stored.' })
export class IssueTokenPayload {
  @Field(() => String, { description: 'The token, for `Authorization: Bearer`.' })
  token!: string;

  @Field(() => ID, { description: 'Id of the token (its `jti` claim), by which it can be revoked.' })
  tokenId!: string;

  @Field(() => String, { description: 'The user that the token is for.' })
  sub!: string;

  @Field(() => [String], { description: 'The permissions of the token.' })
  permissions!: readonly string[];

  @Field(() => GraphQLDateTime, { description: 'Time the token expires.' })
  expiresAt!: number;
}

@InputType({ description: 'Which tokens of the organization to revoke: exactly one of `tokenId`, `sub` and `all`.' })
export class RevokeTokensInput {
  @Field(() => ID, { nullable: true, description: 'One token, by its `jti` claim.' })
  tokenId?: string | null;

  @Field(() => String, { nullable: true, description: 'All tokens of one user.' })
  sub?: string | null;

  @Field(() => Boolean, {
    nullable: true,
    description: 'true: all tokens of the organization, including the one of this request. Requires `org:admin`.',
  })
  all?: boolean | null;

  @Field(() => GraphQLDateTime, {
    nullable: true,
    description: 'Revokes only tokens issued up to this time, or without an issue time; now by default.',
  })
  before?: Date | null;
}

@ObjectType({ simpleResolvers: true, description: 'Result of revoking tokens.' })
export class RevokeTokensPayload {
  @Field(() => GraphQLDateTime, { description: 'Tokens issued up to this time are revoked.' })
  before!: number;
}

@Resolver()
export class TokenMutations {
  @Mutation(() => IssueTokenPayload, {
    description:
      'Issues a short-lived token for one user of the organization, with permissions no wider than those of the issuer.',
  })
  issueToken(
    @Arg('input', () => IssueTokenInput, { description: 'The token to issue.' }) { sub, ...given }: IssueTokenInput,
    @Ctx() { services, principal, actor, idempotency }: RequestContext,
  ): Promise<IssueTokenPayload> {
    const request = { sub, ...omitNullish(given) };
    return issueToken(services, requireTokens(services), principal, actor, request, idempotency('issueToken', request));
  }

  @Mutation(() => RevokeTokensPayload, {
    description: 'Revokes tokens before they expire. Live connections opened with them end within a second.',
  })
  async revokeTokens(
    @Arg('input', () => RevokeTokensInput, { description: 'The tokens to revoke.' })
    { before, ...given }: RevokeTokensInput,
    @Ctx() { services, principal, actor, idempotency }: RequestContext,
  ): Promise<RevokeTokensPayload> {
    const request = { ...omitNullish(given), ...omitNullish({ before: before?.getTime() }) };
    if (request.all === true) requirePermission(principal, 'org:admin');
    const once = idempotency('revokeTokens', request);
    return { before: await revokeTokens(services, requireTokens(services), actor, request, once) };
  }
}

/** @throws {ApiError} where no server was started around the schema */
function requireTokens({ tokens }: Services): TokenServices {
  if (tokens === undefined) throw new ApiError('CONFLICT', 'This server does not issue tokens');
  return tokens;
}
