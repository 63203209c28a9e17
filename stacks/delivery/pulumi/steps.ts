import { settingsType } from "../../../policies/stack-settings.ts";

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
  /** The URNs of what it waits for. */
  dependencies?: readonly string[];
  inputs?: unknown;
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

/** What is due when one service is deployed alone: its own changes, and what its edges stand on where a callee is new. */
export function dueFor(steps: readonly Step[], service: string): Step[] {
  const own = changesOf(steps).services.get(service) ?? [];
  return [...own, ...yetToStand(own, steps)];
}

/** The other services that do not run yet: their workload is still to be created, whatever else a caller has brought. */
export function yetToCome(steps: readonly Step[], service: string): string[] {
  return [...byService(steps, isWorkload)].flatMap(([name, workloads]) =>
    name !== undefined && name !== service && workloads.every(({ op }) => op === "create") ? [name] : [],
  );
}

/**
 * What `pulumi up --target` has to name to deploy one service: all of its resources, what a new stack needs before its
 * first, and what the service's own wait for and is not there yet. The unchanged ones too, because an untargeted resource
 * keeps the dependencies of its last update, and where one of those is replaced by another name, such as a migration Job,
 * Pulumi writes a state that it then refuses to read.
 */
export function targetsOf(steps: readonly Step[], service: string): string[] {
  const owned = byService(steps, () => true);
  const own = owned.get(service) ?? [];
  const groundwork = (owned.get(undefined) ?? []).filter(isGroundwork);
  return [...new Set([...groundwork, ...own, ...yetToStand(own, steps)].map(({ urn }) => urn))];
}

/** What some resources wait for or belong to, near or far, and is itself due to be created. */
function yetToStand(own: readonly Step[], steps: readonly Step[]): Step[] {
  const creates = new Map(steps.filter(({ op }) => op === "create").map((step) => [step.urn, step]));
  const found = new Set(own);
  // A set takes in what is added while it is gone through.
  for (const { newState } of found)
    for (const urn of [...(newState?.dependencies ?? []), newState?.parent ?? ""]) {
      const step = creates.get(urn);
      if (step !== undefined && !isGroundwork(step)) found.add(step);
    }
  return [...found].filter((step) => !own.includes(step));
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

const serviceType = "pressurevalve:index:Service";

const workloadTypes: ReadonlySet<string | undefined> = new Set([
  "kubernetes:apps/v1:Deployment",
  "kubernetes:argoproj.io/v1alpha1:Rollout",
]);

/** What serves; a service that changes its kind has two in one preview. */
export function isWorkload(step: Step): boolean {
  return workloadTypes.has(stateOf(step)?.type);
}

/** The nearest service among a resource's parents. */
function serviceOf(urn: string, states: ReadonlyMap<string, ResourceState | undefined>): string | undefined {
  const state = states.get(urn);
  if (state?.type === serviceType) return nameOf(urn);
  return state?.parent === undefined ? undefined : serviceOf(state.parent, states);
}

/** A URN ends with the name of its resource. */
function nameOf(urn: string): string {
  return urn.split("::").slice(3).join("::");
}

/**
 * A stack or provider that is born changes nobody's objects; one that changes may change everybody's. By what a stack is
 * judged changes no object.
 */
function isGroundwork(step: Step): boolean {
  const type = stateOf(step)?.type ?? "";
  return (
    type === "pulumi:pulumi:Stack" ||
    type === settingsType ||
    (step.op === "create" && type.startsWith("pulumi:providers:"))
  );
}
