import { describe, expect, test } from "@jest/globals";
import type { Manifest } from "../../../../constructs/index.ts";
import { render } from "../../../../constructs/index.ts";
import {
  asDocument,
  asMarkdown,
  asText,
  differences,
  type ObjectDifference,
  restarts,
  spellObject,
} from "../../../../stacks/delivery/diff/index.ts";
import { guarded, order, resolved } from "../../../constructs/example.ts";

function object(kind: string, name: string, body: object = {}, apiVersion = "v1"): Manifest {
  return { apiVersion, kind, metadata: { name, namespace: "shop" }, ...body };
}

/** The differences of one service's objects. */
function between(before: readonly Manifest[], after: readonly Manifest[]): readonly ObjectDifference[] {
  const found = differences([{ name: "order", manifests: before }], [{ name: "order", manifests: after }]);
  return found.flatMap(({ objects }) => objects);
}

function effects(before: Manifest, after: Manifest): string[] {
  return between([before], [after]).flatMap(({ effects }) => effects.map(({ says }) => says));
}

const deployment = (spec: object, apiVersion = "apps/v1") =>
  object("Deployment", "order", { spec }, apiVersion);
const withImage = (image: string) => ({ template: { spec: { containers: [{ name: "order", image }] } } });

test("a rendered service does not differ from itself, nor from what YAML makes of it", () => {
  const rendered = render([resolved(order({ rollout: { kind: "blue-green" } }), guarded)]);
  const copy = rendered.map(({ name, manifests }) => ({
    name,
    manifests: JSON.parse(JSON.stringify(manifests)),
  }));
  expect(differences(rendered, rendered)).toEqual([]);
  expect(
    differences(
      copy,
      rendered.map(({ name, manifests }) => ({ name, manifests })),
    ),
  ).toEqual([]);
});

describe("objects", () => {
  test("are the same in another version of their group", () => {
    const [difference] = between(
      [object("HorizontalPodAutoscaler", "order", {}, "autoscaling/v1")],
      [object("HorizontalPodAutoscaler", "order", {}, "autoscaling/v2")],
    );
    expect(difference).toMatchObject({
      kind: "changed",
      changes: [{ path: ["apiVersion"], before: "autoscaling/v1", after: "autoscaling/v2" }],
    });
  });

  test("are others in another namespace", () => {
    const elsewhere = { ...object("Service", "order"), metadata: { name: "order", namespace: "other" } };
    expect(between([object("Service", "order")], [elsewhere]).map(({ kind }) => kind)).toEqual([
      "added",
      "removed",
    ]);
  });

  test("belong to the service that has them now, or had them last", () => {
    const found = differences(
      [{ name: "a", manifests: [object("Service", "x", { spec: { type: "A" } }), object("Service", "y")] }],
      [{ name: "b", manifests: [object("Service", "x", { spec: { type: "B" } })] }],
    );
    expect(found.map(({ name, objects }) => [name, objects.map(({ object }) => object.name)])).toEqual([
      ["b", ["x"]],
      ["a", ["y"]],
    ]);
  });

  test("what only the API server writes, and what is null, is no difference", () => {
    const live = {
      ...object("Service", "order", {
        spec: { type: "ClusterIP", clusterIP: null },
        status: { loadBalancer: {} },
      }),
      metadata: {
        name: "order",
        namespace: "shop",
        uid: "1",
        resourceVersion: "2",
        creationTimestamp: null,
        annotations: { "kubectl.kubernetes.io/last-applied-configuration": "{}" },
      },
    } as unknown as Manifest;
    expect(between([live], [object("Service", "order", { spec: { type: "ClusterIP" } })])).toEqual([]);
  });
});

describe("an object named by its content", () => {
  const job = (name: string, image: string) => object("Job", name, { spec: withImage(image) }, "batch/v1");

  test("takes the place of the one before: its name is no field, and its changes are", () => {
    const [difference, ...more] = between(
      [job("order-migration-4175615697", "a")],
      [job("order-migration-99aabbccdd", "b")],
    );
    expect(more).toEqual([]);
    expect(difference).toMatchObject({
      kind: "replaced",
      before: { name: "order-migration-4175615697" },
      object: { name: "order-migration-99aabbccdd" },
      effects: [{ verdict: "run" }],
    });
    expect(difference && "changes" in difference && difference.changes).toHaveLength(1);
  });

  test("takes no place of another kind, stem or namespace", () => {
    const before = [job("order-migration-4175615697", "a")];
    const after = [
      object("ConfigMap", "order-migration-99aabbccdd"),
      job("order-import-99aabbccdd", "a"),
      {
        ...job("order-migration-99aabbccdd", "a"),
        metadata: { name: "order-migration-99aabbccdd", namespace: "x" },
      },
    ];
    expect(between(before, after).map(({ kind }) => kind)).toEqual(["added", "added", "added", "removed"]);
  });

  test("stays in the cluster when it is kept for a rollback", () => {
    const kept = object("ConfigMap", "order-files-4175615697");
    kept.metadata.annotations = { "argocd.argoproj.io/sync-options": "Prune=false" };
    expect(between([kept], [])[0]?.effects).toMatchObject([{ verdict: "kept" }]);
  });
});

describe("what a change does to what runs", () => {
  test.each([
    ["apps/v1", "Deployment"],
    ["apps/v1", "StatefulSet"],
    ["apps/v1", "DaemonSet"],
    ["argoproj.io/v1alpha1", "Rollout"],
  ])("a new template of %s %s restarts pods", (apiVersion, kind) => {
    const [before, after] = ["a", "b"].map((image) =>
      object(kind, "order", { spec: withImage(image) }, apiVersion),
    );
    expect(effects(before as Manifest, after as Manifest)).toEqual(["pods restart"]);
  });

  test("other fields of a Deployment restart nothing", () => {
    expect(effects(deployment({ replicas: 1 }), deployment({ replicas: 2 }))).toEqual([]);
  });

  test("a template with its variables in another order is another template", () => {
    const env = (...names: string[]) => ({
      template: {
        spec: { containers: [{ name: "order", env: names.map((name) => ({ name, value: "1" })) }] },
      },
    });
    const [difference] = between([deployment(env("A", "B"))], [deployment(env("B", "A"))]);
    expect(difference).toMatchObject({ effects: [{ verdict: "restart" }], changes: [{ kind: "reordered" }] });
  });

  test("the same amount in another spelling restarts nothing", () => {
    const cpu = (amount: string) => ({
      template: { spec: { containers: [{ name: "order", resources: { requests: { cpu: amount } } }] } },
    });
    expect(between([deployment(cpu("1000m"))], [deployment(cpu("1"))])).toEqual([]);
  });

  test("a StatefulSet that waits for deletion restarts nothing by itself", () => {
    const spec = (image: string) => ({ updateStrategy: { type: "OnDelete" }, ...withImage(image) });
    const [before, after] = ["a", "b"].map((image) =>
      object("StatefulSet", "db", { spec: spec(image) }, "apps/v1"),
    );
    expect(effects(before as Manifest, after as Manifest)).toEqual(["each pod takes it once it is deleted"]);
  });

  test.each<[string, Manifest, Manifest]>([
    ["the selector of a Deployment", deployment({ selector: { a: 1 } }), deployment({ selector: { a: 2 } })],
    [
      "the size of a StatefulSet's volume",
      object(
        "StatefulSet",
        "db",
        { spec: { volumeClaimTemplates: [{ metadata: { name: "d" }, spec: 1 }] } },
        "apps/v1",
      ),
      object(
        "StatefulSet",
        "db",
        { spec: { volumeClaimTemplates: [{ metadata: { name: "d" }, spec: 2 }] } },
        "apps/v1",
      ),
    ],
    [
      "the template of a Job",
      object("Job", "j", { spec: withImage("a") }, "batch/v1"),
      object("Job", "j", { spec: withImage("b") }, "batch/v1"),
    ],
    [
      "the data of a sealed ConfigMap",
      object("ConfigMap", "c", { immutable: true, data: { a: "1" } }),
      object("ConfigMap", "c", { immutable: true, data: { a: "2" } }),
    ],
    ["the type of a Secret", object("Secret", "s", { type: "a" }), object("Secret", "s", { type: "b" })],
    [
      "the role of a binding",
      object("RoleBinding", "b", { roleRef: { name: "a" } }, "rbac.authorization.k8s.io/v1"),
      object("RoleBinding", "b", { roleRef: { name: "b" } }, "rbac.authorization.k8s.io/v1"),
    ],
  ])("%s is immutable", (_, before, after) => {
    expect(effects(before, after)).toEqual(["immutable: is made anew"]);
  });

  test("every effect names a page that says so", () => {
    const [difference] = between([deployment(withImage("a"))], [deployment(withImage("b"))]);
    expect(difference?.effects.map(({ source }) => source)).toEqual([
      "https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#updating-a-deployment",
    ]);
  });
});

describe("restarts", () => {
  const one = (manifests: readonly Manifest[]) => [{ name: "order", manifests }];

  test("name the workload and the fields that bring it about", () => {
    const found = restarts(differences(one([deployment(withImage("a"))]), one([deployment(withImage("b"))])));
    expect(found).toEqual([
      {
        service: "order",
        object: { apiVersion: "apps/v1", kind: "Deployment", namespace: "shop", name: "order" },
        verdict: "restart",
        because: ["spec.template.spec.containers[name=order].image"],
      },
    ]);
  });

  test("count a workload that goes, and none that comes", () => {
    const found = restarts(
      differences(one([deployment({})]), one([object("Rollout", "order", {}, "argoproj.io/v1alpha1")])),
    );
    expect(found.map(({ object, verdict }) => [spellObject(object), verdict])).toEqual([
      ["Deployment shop/order", "stop"],
    ]);
  });

  test("are none where a Job is replaced", () => {
    const job = (name: string) => object("Job", name, {}, "batch/v1");
    expect(restarts(differences(one([job("m-00000000")]), one([job("m-11111111")])))).toEqual([]);
  });
});

describe("secret values", () => {
  const secret = (password: string, more: object = {}) =>
    object("Secret", "database", {
      data: { password: Buffer.from(password).toString("base64"), same: "dW5jaGFuZ2Vk" },
      ...more,
    });
  const sides: [string, Manifest[], Manifest[]][] = [
    ["changed", [secret("hunter2")], [secret("swordfish")]],
    ["added", [], [secret("hunter2")]],
    ["removed", [secret("swordfish")], []],
    [
      "written as text",
      [secret("hunter2")],
      [object("Secret", "database", { stringData: { password: "swordfish" } })],
    ],
  ];

  test.each(sides)("never appear: %s", (_, before, after) => {
    const found = differences([{ name: "order", manifests: before }], [{ name: "order", manifests: after }]);
    const options = { title: "x", verbose: true, colour: false };
    const said = [
      asText(found, options),
      asMarkdown(found, options),
      JSON.stringify(asDocument(found)),
    ].join();
    expect(found).not.toEqual([]);
    for (const value of ["hunter2", "swordfish", "unchanged"])
      for (const text of [value, Buffer.from(value).toString("base64").replace(/=+$/, "")])
        expect(said).not.toContain(text);
  });

  test("that change are said to change, and those that stay are not", () => {
    const [difference] = between([secret("a")], [secret("b")]);
    expect(difference).toMatchObject({
      changes: [{ path: ["data", "password"], before: "[secret]", after: "[another secret]" }],
    });
  });

  test("are the same whether encoded or not", () => {
    const written = object("Secret", "database", { stringData: { password: "a", same: "unchanged" } });
    expect(between([secret("a")], [written])).toEqual([]);
  });

  test("a Secret that must exist is compared by its keys", () => {
    const required = (keys: string[]) => [
      { name: "order", manifests: [], secrets: [{ name: "database", namespace: "shop", type: "t", keys }] },
    ];
    const [service] = differences(required(["a", "b"]), required(["b", "a", "c"]));
    expect(service?.objects).toMatchObject([{ changes: [{ kind: "added", after: "c" }] }]);
  });
});
