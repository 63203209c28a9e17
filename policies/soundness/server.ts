import { checked } from "../cel/engine.ts";
import { callIn, isNamed, type Node, nodesOf, type Selection, selectionIn } from "../cel/syntax.ts";
import type { Rule } from "../rule.ts";
import type { Flaw } from "./expressions.ts";

/** Where a rule reads what the API server writes into an object before it judges it, and nobody else. */
export function serverFlaws(node: Node, rule: Rule): Flaw[] {
  return [...fieldFlaws(node), ...(isInForceInCluster(rule) ? defaultFlaws(node) : [])];
}

const inForce = new WeakMap<Rule, boolean>();

function isInForceInCluster(rule: Rule): boolean {
  const known = inForce.get(rule) ?? !readsOthers(rule);
  inForce.set(rule, known);
  return known;
}

function readsOthers({ variables = [], validations }: Rule): boolean {
  return [...variables, ...validations].some(({ expression }) => {
    const { root } = checked(expression, "dyn", {});
    return root && nodesOf(root).some((node) => isNamed(node, "neighbours") || isNamed(node, "objects"));
  });
}

/** Fields of metadata that nobody writes but the API server. */
const ofServer: ReadonlySet<string> = new Set([
  ...["creationTimestamp", "deletionTimestamp", "generation", "managedFields", "resourceVersion", "uid"],
]);

function fieldFlaws(node: Node): Flaw[] {
  const selection = selectionIn(node);
  if (selection === undefined) return [];
  const { of, field } = selection;
  const at = node.pos;
  if (ofServer.has(field) && selectionIn(of)?.field === "metadata")
    return [
      { at, message: `metadata.${field} is the API server's to write; judge what the object asks for` },
    ];
  if (isNamed(of, "object") && field === "status")
    return [{ at, message: "status is no part of what is applied; judge spec" }];
  if (isNamed(of, "params") && field !== "data")
    return [{ at, message: `params.${field} is known in the cluster only; read params.data` }];
  return [];
}

/**
 * What the API server makes of a field that is left out, in every built-in kind that has it:
 * https://pkg.go.dev/k8s.io/kubernetes/pkg/apis/core/v1 and its siblings, `SetDefaults_…`. To a rule the field is never absent
 * there, and a rule that says so here says otherwise.
 */
export const defaults: Readonly<Record<string, string | number | boolean>> = {
  replicas: 1,
  minReplicas: 1,
  terminationGracePeriodSeconds: 30,
  revisionHistoryLimit: 10,
  progressDeadlineSeconds: 600,
  backoffLimit: 6,
  concurrencyPolicy: "Allow",
  successfulJobsHistoryLimit: 3,
  failedJobsHistoryLimit: 1,
  podManagementPolicy: "OrderedReady",
  dnsPolicy: "ClusterFirst",
  schedulerName: "default-scheduler",
  enableServiceLinks: true,
  terminationMessagePath: "/dev/termination-log",
  terminationMessagePolicy: "File",
  periodSeconds: 10,
  timeoutSeconds: 1,
  successThreshold: 1,
  failureThreshold: 3,
  sessionAffinity: "None",
  internalTrafficPolicy: "Cluster",
  volumeMode: "Filesystem",
};

/** What the API server drops where it is false or empty, so that it is then absent to a rule. */
const dropped: ReadonlyMap<string, string> = new Map([
  ...["hostNetwork", "hostPID", "hostIPC", "paused", "readOnly", "stdin", "tty"].map(
    (name) => [name, "orValue(false)"] as const,
  ),
  ...[
    "args",
    "command",
    "env",
    "envFrom",
    "ports",
    "volumes",
    "volumeMounts",
    "tolerations",
    "imagePullSecrets",
  ]
    .concat(
      "initContainers",
      "externalIPs",
      "loadBalancerSourceRanges",
      "subjects",
      "resourceNames",
      "add",
      "drop",
    )
    .map((name) => [name, "orValue([])"] as const),
  ...["labels", "annotations", "matchLabels", "nodeSelector"].map((name) => [name, "orValue({})"] as const),
]);

/** Lists that the API server makes null where they are left out. */
const nulls: Readonly<Record<string, (of: Node) => boolean>> = {
  rules: (of) => isNamed(of, "object"),
  sources: (of) => selectionIn(of)?.field === "projected",
};

function defaultFlaws(node: Node): Flaw[] {
  const call = callIn(node);
  const asked = call?.name === "has" ? call.given[0] : call?.receiver;
  const selection = asked && selectionIn(asked);
  if (!call || !asked || !selection || nodesOf(asked).some((part) => isNamed(part, "params"))) return [];
  const { field, of } = selection;
  const at = asked.pos;
  if (call.name === "orValue") return [...nullFlaws(selection, at), ...otherwiseFlaws(field, call.given, at)];
  if ((call.name !== "has" && call.name !== "hasValue") || isNamed(of, "variables")) return [];
  return absenceFlaws(field, at);
}

/** Whether a field is there is asked in vain where the API server drops it or fills it in. */
function absenceFlaws(field: string, at: number): Flaw[] {
  const otherwise = dropped.get(field);
  if (otherwise)
    return [
      {
        at,
        message: `${field} that is false or empty is dropped by the API server; ask for its value, ${otherwise}`,
      },
    ];
  if (!Object.hasOwn(defaults, field)) return [];
  return [
    {
      at,
      message: `${field} is never absent to the API server, which fills in ${shown(field)}; ask for its value`,
    },
  ];
}

function otherwiseFlaws(field: string, [otherwise]: readonly Node[], at: number): Flaw[] {
  if (!Object.hasOwn(defaults, field) || otherwise?.op !== "value") return [];
  const { args } = otherwise;
  const value = typeof args === "bigint" ? Number(args) : args;
  if (value === defaults[field]) return [];
  return [
    {
      at,
      message: `where ${field} is left out the API server fills in ${shown(field)}; write orValue(${shown(field)})`,
    },
  ];
}

function shown(field: string): string {
  return JSON.stringify(defaults[field]);
}

function nullFlaws({ field, of }: Selection, at: number): Flaw[] {
  if (!nulls[field]?.(of)) return [];
  return [
    {
      at,
      message: `where ${field} is left out the API server makes it null, which is a value; ask has() and type() == list`,
    },
  ];
}
