/** Fields that a token needs a permission for, by the table in permissions.ts. */
import {
  defaultFieldResolver,
  getNamedType,
  type GraphQLField,
  type GraphQLSchema,
  isCompositeType,
  isIntrospectionType,
  isObjectType,
} from 'graphql';
import { ApiError } from '../errors.js';
import { type AnyOf, FIELD_PERMISSIONS, requirementOf, TYPE_PERMISSIONS } from '../permissions.js';
import { requireAnyOf } from '../principal.js';
import type { RequestContext } from './context.js';
import { createRequireSelection, type RequireSelection } from './selected-permissions.js';

/**
 * Puts the check before the resolvers of these fields: whoever may not read what is behind one gets FORBIDDEN at its path.
 * @throws if a type or an operation is missing in the table, or the table names a field that the schema does not have.
 */
export function guardFields(schema: GraphQLSchema): void {
  const unknown = new Set(Object.keys(FIELD_PERMISSIONS));
  const mutation = schema.getMutationType();
  const roots = new Set([schema.getQueryType(), mutation]);
  const requireSelection = requireSelectionOf(schema);
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || isIntrospectionType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      unknown.delete(`${type.name}.${field.name}`);
      const anyOf = fieldPermissions(schema, type.name, field.name);
      const isRoot = roots.has(type);
      if (anyOf.length === 0 && !isRoot) continue;
      const name = `${type.name}.${field.name}`;
      if (anyOf.length > 0 && FIELD_PERMISSIONS[name] !== undefined) describe(field, anyOf);
      const { resolve = defaultFieldResolver, subscribe } = field;
      field.resolve = (source, args: unknown, context: RequestContext, info): unknown => {
        requireField(context, anyOf, name);
        if (!isRoot) return resolve(source, args, context, info);
        // Its resolver refuses more: what is somebody else's, or wider than the token.
        return tellingOfRefusals(context, name, () => {
          // What a mutation has done cannot be refused any more.
          if (type === mutation) requireSelection(context.principal, info);
          return resolve(source, args, context, info);
        });
      };
      if (subscribe === undefined) continue;
      field.subscribe = (source, args: unknown, context: RequestContext, info): unknown => {
        requireField(context, anyOf, name);
        return subscribe(source, args, context, info);
      };
    }
  }
  if (unknown.size > 0)
    throw new Error(`Permissions are given for fields that do not exist: ${[...unknown].join(', ')}`);
}

/** @throws {ApiError} FORBIDDEN, which the audit log tells of. */
function requireField(context: RequestContext, anyOf: AnyOf, name: string): void {
  try {
    requireAnyOf(context.principal, anyOf);
  } catch (error) {
    tellOfRefusal(context, name, error);
    throw error;
  }
}

/** Lets the audit log tell of it where the work of a field is refused, at once or later. */
function tellingOfRefusals(context: RequestContext, name: string, work: () => unknown): unknown {
  const failed = (error: unknown): never => {
    tellOfRefusal(context, name, error);
    throw error;
  };
  try {
    const done = work();
    return done instanceof Promise ? done.catch(failed) : done;
  } catch (error) {
    return failed(error);
  }
}

function tellOfRefusal({ services, actor, isOfClient }: RequestContext, name: string, error: unknown): void {
  const isRefusal = error instanceof ApiError && error.code === 'FORBIDDEN';
  // What a route runs is told of by the route.
  if (isRefusal && isOfClient === true) services.accessTrail?.count(actor, 'access.refuse', name);
}

/** What refuses a mutation whose answer the token may not read. */
export function requireSelectionOf(schema: GraphQLSchema): RequireSelection {
  return createRequireSelection(schema, (type, field) => fieldPermissions(schema, type, field));
}

function describe(field: GraphQLField<unknown, unknown>, anyOf: AnyOf): void {
  field.description = [field.description, requirementOf(anyOf)].filter(Boolean).join(' ');
}

/** What a field needs beyond what led to it; one of these is enough. @throws if the table does not say so. */
export function fieldPermissions(schema: GraphQLSchema, typeName: string, fieldName: string): AnyOf {
  const given = FIELD_PERMISSIONS[`${typeName}.${fieldName}`];
  if (given !== undefined) return given;
  const type = schema.getType(typeName);
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  const field = isObjectType(type) ? type.getFields()[fieldName] : undefined;
  if (field === undefined || roots.some((root) => root?.name === typeName)) {
    throw new Error(`${typeName}.${fieldName} needs an entry in the table of permissions`);
  }
  const from = typePermission(typeName);
  const target = getNamedType(field.type);
  if (!isCompositeType(target)) return [];
  const needed = typePermission(target.name);
  return needed === undefined || needed === from ? [] : [needed];
}

function typePermission(name: string) {
  if (!Object.hasOwn(TYPE_PERMISSIONS, name)) throw new Error(`${name} needs an entry in the table of permissions`);
  return TYPE_PERMISSIONS[name];
}
