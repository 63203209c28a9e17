/** One step of `pulumi preview --json`. */
export interface Step {
  op: string;
  urn: string;
  oldState?: ResourceState;
  newState?: ResourceState;
}

interface ResourceState {
  type: string;
  parent?: string;
}

/** What a preview would change, by the service that it belongs to. */
export interface Changes {
  services: ReadonlyMap<string, readonly Step[]>;
  /** Changes of the stack that belong to no service. */
  outside: readonly Step[];
  /** What a stack needs before its first resource: itself and its providers. */
  groundwork: readonly Step[];
}

/** Sorts the steps of a preview; what stays the same is no change. */
export function changesOf(steps: readonly Step[]): Changes {
  const states = new Map(steps.map((step) => [step.urn, stateOf(step)]));
  const changed = steps.filter(({ op }) => op !== "same" && op !== "read");
  const owned = Map.groupBy(changed, (step) => serviceOf(step.urn, states));
  const loose = owned.get(undefined) ?? [];
  owned.delete(undefined);
  return {
    services: owned as ReadonlyMap<string, readonly Step[]>,
    outside: loose.filter((step) => !isGroundwork(step)),
    groundwork: loose.filter(isGroundwork),
  };
}

/** The kind of change and what it befalls: `update order: deployment/dev-order/order`. */
export function describeStep({ op, urn }: Step): string {
  return `${op} ${nameOf(urn)}`;
}

function stateOf({ newState, oldState }: Step): ResourceState | undefined {
  return newState ?? oldState;
}

/** The nearest service among a resource's parents. */
function serviceOf(urn: string, states: ReadonlyMap<string, ResourceState | undefined>): string | undefined {
  const state = states.get(urn);
  if (state?.type === "pressurevalve:index:Service") return nameOf(urn);
  return state?.parent === undefined ? undefined : serviceOf(state.parent, states);
}

/** A URN ends with the name of its resource. */
function nameOf(urn: string): string {
  return urn.split("::").slice(3).join("::");
}

/** A stack or provider that is born changes nobody's objects; one that changes may change everybody's. */
function isGroundwork(step: Step): boolean {
  const type = stateOf(step)?.type ?? "";
  return type === "pulumi:pulumi:Stack" || (step.op === "create" && type.startsWith("pulumi:providers:"));
}
