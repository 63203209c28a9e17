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
  /** The object stays in the cluster when the stack forgets it. */
  retainOnDelete?: boolean;
}

/** What a preview would change, by the service that it belongs to. */
export interface Changes {
  services: ReadonlyMap<string, readonly Step[]>;
  /** Changes of the stack that belong to no service. */
  outside: readonly Step[];
}

/** Sorts the changes of a preview. A new stack's first provider is nobody's change. */
export function changesOf(steps: readonly Step[]): Changes {
  const owned = byService(steps, ({ op }) => op !== "same" && op !== "read");
  const outside = (owned.get(undefined) ?? []).filter((step) => !isGroundwork(step));
  owned.delete(undefined);
  return { services: owned as Map<string, Step[]>, outside };
}

/**
 * What `pulumi up --target` has to name to deploy one service: all of its resources, and what a new stack needs
 * before its first. The unchanged ones too, because an untargeted resource keeps the dependencies of its last
 * update, and where one of those is replaced by another name, such as a migration Job, Pulumi writes a state that it
 * then refuses to read.
 */
export function targetsOf(steps: readonly Step[], service: string): string[] {
  const owned = byService(steps, () => true);
  const targets = [...(owned.get(undefined) ?? []).filter(isGroundwork), ...(owned.get(service) ?? [])];
  return [...new Set(targets.map(({ urn }) => urn))];
}

function byService(steps: readonly Step[], wanted: (step: Step) => boolean): Map<string | undefined, Step[]> {
  const states = new Map(steps.map((step) => [step.urn, stateOf(step)]));
  return Map.groupBy(steps.filter(wanted), ({ urn }) => serviceOf(urn, states));
}

/** The kind of change and what it befalls: `update deployment/dev-order/order`. */
export function describeStep({ op, urn, oldState }: Step): string {
  if (op === "delete" && oldState?.retainOnDelete)
    return `no longer manage ${nameOf(urn)}, which stays in the cluster`;
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
