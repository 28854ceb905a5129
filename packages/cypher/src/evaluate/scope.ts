/** Hands out the slots of a query's rows. */
export interface Slots {
  count: number;
}

/** Which slot holds which variable, at one place of a query. */
export type Scope = ReadonlyMap<string, number>;

export function newSlot(slots: Slots): number {
  slots.count += 1;
  return slots.count - 1;
}

/** `scope` with one more variable, which hides one of the same name. */
export function withVariable(scope: Scope, name: string, slot: number): Scope {
  return new Map(scope).set(name, slot);
}
