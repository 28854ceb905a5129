import { ArgsType, type ClassType, Field, Int, ObjectType, registerEnumType } from 'type-graphql';
import { InvalidInputError } from '../../errors.js';

export const DEFAULT_PAGE = 100;
export const MAX_PAGE = 1_000;

/** The order of a list by time. */
export enum Order {
  ASC = 'asc',
  DESC = 'desc',
}

registerEnumType(Order, {
  name: 'Order',
  description: 'Chronological order of a list.',
  valuesConfig: { ASC: { description: 'Oldest first.' }, DESC: { description: 'Newest first.' } },
});

@ArgsType()
export class PageArguments {
  @Field(() => Int, { defaultValue: DEFAULT_PAGE, description: 'Number of items to return, from 1 to 1000.' })
  first!: number;

  @Field(() => String, { nullable: true, description: 'Cursor after which the page starts.' })
  after?: string | null;
}

@ArgsType()
export class OrderedPageArguments extends PageArguments {
  @Field(() => Order, {
    nullable: true,
    description: 'Order of the list; oldest first by default, and newest first with `search` in the filter.',
  })
  order?: Order | null;
}

/** @throws {InvalidInputError} outside 1 to 1000 (docs/api.md, "List entries"). */
export function checkPageSize(first: number): number {
  if (first < 1 || first > MAX_PAGE) {
    throw new InvalidInputError([{ field: 'first', problem: `must be an integer from 1 to ${MAX_PAGE}` }]);
  }
  return first;
}

@ObjectType({ simpleResolvers: true, description: 'Position of a page in its list (Relay Cursor Connections).' })
export class PageInfo {
  @Field(() => Boolean, { description: 'Whether more items follow this page, or, of a search, may follow.' })
  hasNextPage!: boolean;

  @Field(() => Boolean, { description: 'Whether the page was requested with a cursor, so that items precede it.' })
  hasPreviousPage!: boolean;

  @Field(() => String, { nullable: true, description: 'Cursor of the first item. Null if the page is empty.' })
  startCursor?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'Cursor of the last item, for use as `after`. Null if the page is empty. A search for a phrase may end before the ' +
      'page is full, or has any item; the cursor is then where it goes on.',
  })
  endCursor?: string | null;
}

/**
 * @param continued whether the page was requested with a cursor
 * @param end the cursor after which the next page starts
 */
export function toPageInfo(
  edges: readonly { readonly cursor: string }[],
  hasNext: boolean,
  continued: boolean,
  end = edges.at(-1)?.cursor ?? null,
): PageInfo {
  return {
    hasNextPage: hasNext,
    hasPreviousPage: continued,
    startCursor: edges[0]?.cursor ?? null,
    endCursor: end,
  };
}

/** What the items of every list have. */
@ObjectType({ simpleResolvers: true, description: 'An item in a list.' })
export abstract class ListEdge {
  @Field(() => String, { description: 'Cursor of this item, for use as `after`.' })
  cursor!: string;
}

/** The data behind a connection, read on demand; fields requested in the same tick share one read. */
export interface ConnectionSource<Edge> {
  readonly page: () => Promise<{
    readonly edges: readonly Edge[];
    readonly hasNext: boolean;
    /** The cursor after which the next page starts, if it is not that of the last edge. */
    readonly end?: string;
  }>;
  readonly total: () => Promise<number>;
  /** Whether the list has no more items than its total; it never has where this is left out. */
  readonly isTotalExact?: () => Promise<boolean>;
  /** Whether the page was requested with a cursor. */
  readonly continued: boolean;
}

export interface Connection<Edge> {
  edges(): Promise<readonly Edge[]>;
  pageInfo(): Promise<PageInfo>;
  totalCount(): Promise<number>;
}

/** What a connection says of its total, beside that it is one. */
interface TotalDescription {
  readonly count: string;
  /** When the list may have more items. Without it, the total of this kind of list is always exact, and no field says so. */
  readonly isExact?: string;
}

export type ConnectionClass<Edge> = new (source: ConnectionSource<Edge>) => Connection<Edge>;

/** In the place of a decorator that makes a field of a method. */
const leaveOut: MethodDecorator = () => undefined;

/** The connection type of one kind of edge. */
export function connectionType<Edge extends { readonly cursor: string }>(
  name: string,
  edgeType: () => ClassType<Edge>,
  description: string,
  total: TotalDescription = { count: 'Total number of items in the list; computed only when requested.' },
): ConnectionClass<Edge> {
  @ObjectType(name, { simpleResolvers: true, description })
  class ConnectionOfEdges implements Connection<Edge> {
    private loaded: ReturnType<ConnectionSource<Edge>['page']> | undefined;

    constructor(private readonly source: ConnectionSource<Edge>) {}

    @Field(() => [edgeType()], { description: 'Items on this page.' })
    async edges(): Promise<readonly Edge[]> {
      return (await this.page()).edges;
    }

    @Field(() => PageInfo, { description: 'Position of this page in the list.' })
    async pageInfo(): Promise<PageInfo> {
      const { edges, hasNext, end } = await this.page();
      return toPageInfo(edges, hasNext, this.source.continued, end);
    }

    @Field(() => Int, { description: total.count })
    totalCount(): Promise<number> {
      return this.source.total();
    }

    @(total.isExact === undefined ? leaveOut : Field(() => Boolean, { description: total.isExact }))
    async totalCountIsExact(): Promise<boolean> {
      return (await this.source.isTotalExact?.()) ?? true;
    }

    private page(): ReturnType<ConnectionSource<Edge>['page']> {
      this.loaded ??= this.source.page();
      return this.loaded;
    }
  }
  return ConnectionOfEdges;
}
