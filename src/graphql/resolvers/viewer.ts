import { GraphQLDateTime } from 'graphql-scalars';
import { Ctx, Field, ID, ObjectType, Query, Resolver } from 'type-graphql';
import { PERMISSIONS } from '../../permissions.js';
import type { RequestContext } from '../context.js';

@ObjectType({ simpleResolvers: true, description: 'On whose behalf a request runs, as its token says.' })
export class Viewer {
  @Field(() => ID, { description: 'The acting user: the `sub` claim of the token.' })
  id!: string;

  @Field(() => ID, { description: 'The organization whose data the token leads to.' })
  organization!: string;

  @Field(() => [String], { description: 'The permissions of the token, those of its roles included.' })
  permissions!: readonly string[];

  @Field(() => GraphQLDateTime, { description: 'Time the token expires.' })
  expiresAt!: number;
}

@Resolver()
export class ViewerResolver {
  @Query(() => Viewer, { description: "The user of the request's token, and what the token allows." })
  viewer(@Ctx() { principal, markUncacheable }: RequestContext): Viewer {
    // The next request of the same user may come with another token.
    markUncacheable?.();
    const { sub, org, permissions, expiresAt } = principal;
    return {
      id: sub,
      organization: org,
      permissions: PERMISSIONS.filter((permission) => permissions.has(permission)),
      expiresAt,
    };
  }
}
