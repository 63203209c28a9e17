import { beforeAll, expect, test } from "@jest/globals";
import type { Manifest } from "../../constructs/index.ts";
import { judgeBy } from "../../policies/judgement/judge.ts";
import { rules } from "../../policies/rules/index.ts";
import { renderShop } from "../../stacks/delivery/index.ts";
import { renderPlatform } from "../../stacks/delivery/platform.ts";
import { environments } from "../../stacks/environments.ts";
import { shop } from "../../stacks/shop.ts";
import { type Outcome, succeeded } from "./checkout.ts";
import type { Cluster } from "./cluster.ts";
import { bySequence, gitops } from "./gitops.ts";
import { ask } from "./load.ts";
import type { Scene } from "./scene.ts";
import { until } from "./until.ts";

/** What `npm start` put in force: dev is told, and not kept from anything. */
export function advised(scene: () => Scene): void {
  test("puts every policy of dev in force", async () => {
    const { items } = await scene().cluster.get<{ items: Manifest[] }>("validatingadmissionpolicybindings");
    const names = items
      .map(({ metadata }) => metadata.name)
      .filter((name) => name.startsWith("pressurevalve-dev."));
    const wanted = renderPlatform(environments.dev).filter(({ kind }) => kind.endsWith("Binding"));
    expect(names.sort()).toEqual(wanted.map(({ metadata }) => metadata.name).sort());
  });

  test("a preview of what is in force is empty", async () => {
    const options = ["--expect-no-changes", "--non-interactive"];
    succeeded(await scene().checkout.run("npx", "pulumi", "preview", "-s", "dev-platform", ...options));
  });

  test("nothing that the shop deploys, and no pod that controllers and Istio make of it, breaks one", async () => {
    expect(await violations(scene().cluster)).toEqual({});
  });

  test("what kubectl deploys besides is told what is wrong with it, and is let through", async () => {
    const { failed, stderr } = await tried(scene(), offending("debug"));
    expect(failed).toBe(false);
    expect(stderr).toContain(`'pressurevalve-dev.${brokenRule}': ${wordsOf(offending("debug"))}`);
    expect(Object.keys(await violations(scene().cluster))).toEqual([`warn ${brokenRule}`]);
  });
}

/** Begins with a cluster of neither shop nor policies. */
export function enforced(scene: () => Scene): void {
  let before: Violations;

  beforeAll(async () => {
    await scene().checkout.edit("stacks/environments.ts", (text) =>
      text.replace('policies: { level: "advisory"', 'policies: { level: "mandatory"'),
    );
    succeeded(await up(scene()));
    before = await violations(scene().cluster);
  });

  gitops(scene);

  test("nothing of the shop was refused, nor a pod that was made of it", async () => {
    expect(await violations(scene().cluster)).toEqual(before);
  });

  test("a new version goes through, and a pod in the place of one that is gone", async () => {
    const { checkout, cluster } = scene();
    const undo = await checkout.configure("order", { SERVICE_VERSION: "enforced" });
    succeeded(await bySequence(scene()));
    await undo();
    const answer = await ask(`${await cluster.gateway()}/orders`, { note: "enforced" });
    expect(JSON.parse(answer)).toMatchObject({ service: "order", version: "enforced" });
    await cluster.kubectl("delete", "pods", "-n", "dev-payment", "-l", "app.kubernetes.io/component=service");
    await cluster.kubectl("rollout", "status", "-n", "dev-payment", "deployment/payment", "--timeout=300s");
    expect(await violations(cluster)).toEqual(before);
  });

  test("what breaks a rule is refused in our words", async () => {
    const { failed, stderr } = await tried(scene(), offending("debug"));
    expect(failed).toBe(true);
    expect(stderr).toContain(
      `ValidatingAdmissionPolicy 'pressurevalve-dev.${brokenRule}' with binding 'pressurevalve-dev.${brokenRule}' denied request: ${wordsOf(offending("debug"))}`,
    );
  });

  test("a debugging container that joins a running pod is judged as well", async () => {
    const { cluster } = scene();
    const pods = [
      "get",
      "pods",
      "-n",
      "dev-payment",
      "-l",
      "app.kubernetes.io/component=service",
      "-o",
      "name",
    ];
    const [pod = ""] = (await cluster.kubectl(...pods)).split("\n");
    const debug = cluster.kubectl(
      ...[
        "debug",
        "-n",
        "dev-payment",
        pod,
        "--image=busybox:1.37",
        "--container=debugger",
        "--profile=restricted",
      ],
    );
    await expect(debug).rejects.toThrow(
      /ValidatingAdmissionPolicy 'pressurevalve-dev\..*denied request: container debugger\b/,
    );
  });

  test("an exemption lets that one object through, with its ReplicaSet and its pod", async () => {
    const { checkout, cluster } = scene();
    const undo = await checkout.edit("stacks/environments.ts", exempt("2999-01-01"));
    succeeded(await up(scene()));
    await until(
      "the exemption",
      () => tried(scene(), offending("debug")),
      ({ failed }) => !failed,
      1,
    );
    expect((await tried(scene(), offending("debug-too"))).failed).toBe(true);
    await cluster.apply([offending("debug")]);
    await until(
      "its pod",
      () =>
        cluster.kubectl(
          "get",
          "pods",
          "-n",
          "dev-payment",
          "-l",
          "app.kubernetes.io/name=debug",
          "-o",
          "name",
        ),
      (pods) => pods !== "",
    );
    await cluster.remove([offending("debug")]);
    await undo();
  });

  test("an exemption whose day has gone by fails the deployment, as it fails synth", async () => {
    const undo = await scene().checkout.edit("stacks/environments.ts", exempt("2026-01-01"));
    const { exitCode, stdout, stderr } = await up(scene());
    await undo();
    expect(exitCode).not.toBe(0);
    expect(stdout + stderr).toContain(
      `${brokenRule}: the exemption of Deployment dev-payment/debug expired on 2026-01-01; payments mends the object, or gives a later day and a reason`,
    );
  });
}

function up({ checkout }: Scene): Promise<Outcome> {
  const options = ["--yes", "--skip-preview", "--non-interactive"];
  return checkout.run("npx", "pulumi", "up", "-s", "dev-platform", ...options);
}

const brokenRule = "read-only-root-filesystem";

/** The Deployment of payment under another name, which breaks one rule and no other. */
function offending(name: string): Manifest {
  const manifests = renderShop(shop, environments.dev).flatMap((service) => service.manifests);
  const payment = manifests.find(
    ({ kind, metadata }) => kind === "Deployment" && metadata.name === "payment",
  );
  return JSON.parse(
    JSON.stringify(payment)
      .replaceAll('"readOnlyRootFilesystem":true', '"readOnlyRootFilesystem":false')
      .replaceAll('"app.kubernetes.io/name":"payment"', `"app.kubernetes.io/name":"${name}"`)
      .replace('"name":"payment"', `"name":"${name}"`),
  );
}

function wordsOf(object: Manifest): string {
  const [violation] = judgeBy(
    rules.filter(({ id }) => id === brokenRule),
    [object],
  );
  return violation?.message ?? "nothing is wrong with it";
}

/** The answer to the object, which is not kept. */
function tried({ cluster }: Scene, object: Manifest) {
  return cluster.apply([object], "--dry-run=server");
}

function exempt(expires: string): (text: string) => string {
  const exemption = {
    rule: brokenRule,
    object: { kind: "Deployment", namespace: "dev-payment", name: "debug" },
    owner: "payments",
    reason: "a test",
    expires,
  };
  return (text) =>
    text.replace(
      'policies: { level: "mandatory"',
      `policies: { exemptions: [${JSON.stringify(exemption)}], level: "mandatory"`,
    );
}

/** How often objects of dev were warned of or denied by which rule, `deny privileged`, since the API server began to count. */
type Violations = Readonly<Record<string, number>>;

/** https://kubernetes.io/docs/reference/instrumentation/metrics/ */
async function violations(cluster: Cluster): Promise<Violations> {
  const metrics = await cluster.kubectl("get", "--raw", "/metrics");
  const counted = metrics.matchAll(
    /^apiserver_validating_admission_policy_check_total\{enforcement_action="(deny|warn)",.*policy="pressurevalve-dev\.([^"]*)",.*\} (\d+)$/gm,
  );
  return Object.fromEntries(
    [...counted].map(([, action, rule, times]) => [`${action} ${rule}`, Number(times)]),
  );
}
