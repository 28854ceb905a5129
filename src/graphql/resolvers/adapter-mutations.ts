import { Arg, Args, Ctx, Mutation, Resolver } from 'type-graphql';
import { importAdapter } from '../../adapters/import.js';
import { registerAdapter } from '../../adapters/register.js';
import { InvalidInputError } from '../../errors.js';
import { omitNullish } from '../../omit-nullish.js';
import type { RequestContext } from '../context.js';
import { ImportAdapterInput, ImportAdapterPayload, RegisterAdapterArguments } from '../types/adapter-input.js';
import { AdapterNode } from '../types/adapter.js';

@Resolver()
export class AdapterMutations {
  @Mutation(() => AdapterNode, {
    description:
      'Registers an adapter or updates the given fields. `derivedFrom` replaces the parents; if it is omitted ' +
      'and the adapter has no parents, the adapter is derived from its base model.',
  })
  async registerAdapter(
    @Args(() => RegisterAdapterArguments) { id, derivedFrom, relation, ...properties }: RegisterAdapterArguments,
    @Ctx() context: RequestContext,
  ): Promise<AdapterNode> {
    if (omitNullish({ relation }).relation !== undefined && omitNullish({ derivedFrom }).derivedFrom === undefined) {
      throw new InvalidInputError([
        { field: 'relation', problem: 'must be given together with the parents it describes' },
      ]);
    }
    const parents = derivedFrom?.map((parent) => ({ id: parent, ...omitNullish({ relation }) }));
    const registration = { id, ...omitNullish({ ...properties, derivedFrom: parents }) };
    const once = context.idempotency('registerAdapter', registration);
    return registerAdapter(context.services, context.actor, registration, once);
  }

  @Mutation(() => ImportAdapterPayload, {
    description:
      'Registers an adapter with the details in its `adapter_config.json` and model card, derived from the ' +
      'base models they name. If a base model is given as a path, only its last segment is kept.',
  })
  async importAdapter(
    @Arg('input', () => ImportAdapterInput, { description: 'The adapter and the contents of its files.' })
    { id, ...given }: ImportAdapterInput,
    @Ctx() context: RequestContext,
  ): Promise<ImportAdapterPayload> {
    const asked = { id, ...omitNullish(given) };
    const once = context.idempotency('importAdapter', asked);
    return importAdapter(context.services, context.actor, asked, once);
  }
}
