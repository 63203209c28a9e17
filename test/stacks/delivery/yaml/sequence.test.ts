import { expect, test } from "@jest/globals";
import { Duration, postgres, render, resolve } from "../../../../constructs/index.ts";
import { applySequence } from "../../../../stacks/delivery/yaml/sequence.ts";
import { environment, order, other } from "../../../constructs/example.ts";

function sequence(...services: Parameters<typeof resolve>[0]): readonly string[] {
  return applySequence("dist/dev", render(resolve(services, environment)));
}

test("all namespaces come first, then what must exist, then each service wave after wave", () => {
  const database = postgres({ migrations: { args: ["migrate"] } });
  expect(sequence(order({ database }), other("payment"))).toEqual([
    "kubectl apply -f dist/dev/order/0-namespace.yaml",
    "kubectl apply -f dist/dev/payment/0-namespace.yaml",
    "kubectl -n dev-order get secret order-database -o name",
    "kubectl apply -f dist/dev/order/1-foundation.yaml",
    "kubectl apply -f dist/dev/order/2-database.yaml",
    "kubectl rollout status -n dev-order statefulset/order-database --timeout=300s",
    "kubectl apply -f dist/dev/order/3-migration.yaml",
    expect.stringMatching(
      /^kubectl wait -n dev-order job\/order-migration-[0-9a-f]{10} --for=condition=Complete --timeout=90s$/,
    ),
    "kubectl apply -f dist/dev/order/4-workload.yaml",
    "kubectl rollout status -n dev-order deployment/order --timeout=90s",
    "kubectl apply -f dist/dev/payment/1-foundation.yaml",
    "kubectl apply -f dist/dev/payment/4-workload.yaml",
    "kubectl rollout status -n dev-payment deployment/payment --timeout=90s",
  ]);
});

test("a Rollout is healthy once that is said of the generation that was applied", () => {
  expect(sequence(order({ rollout: { kind: "blue-green" } })).at(-1)).toBe(
    `timeout 90 sh -c 'until kubectl get -n dev-order rollout/order -o jsonpath="{.metadata.generation} {.status.observedGeneration} {.status.phase}" | grep -qE "^([0-9]+) \\1 Healthy$"; do sleep 1; done'`,
  );
});

test("a delayed promotion has its delay, and a manual one ends with the pause", () => {
  const promoted = (promotion: object) =>
    sequence(order({ rollout: { kind: "blue-green", promotion } })).at(-1);
  expect(promoted({ kind: "automatic", after: Duration.minutes(30) })).toMatch(/^timeout 1890 /);
  expect(promoted({ kind: "manual" })).toContain("(Healthy|Paused)");
});
