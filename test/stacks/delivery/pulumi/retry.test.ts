import { expect, test } from "@jest/globals";
import { ApiException, type V1Job } from "@kubernetes/client-node";
import type { Manifest } from "../../../../constructs/kubernetes/manifest.ts";
import { failedJob, makeAgain, type Objects } from "../../../../stacks/delivery/pulumi/retry.ts";

const labels = { "app.kubernetes.io/managed-by": "pressurevalve" };
const manifest: Manifest = {
  apiVersion: "batch/v1",
  kind: "Job",
  metadata: { name: "order-migration-1", namespace: "dev-order", labels },
  spec: {},
};
const failed = {
  kind: "Job",
  metadata: { labels },
  status: { conditions: [{ type: "Failed", status: "True" }] },
} as V1Job;

/** An API server that has one Job, or none, and notes what it is told. */
function server(job: V1Job | undefined): { api: Objects; told: unknown[][] } {
  const told: unknown[][] = [];
  let live = job;
  const api = {
    read: async () => live ?? Promise.reject(new ApiException(404, "Not Found", {}, {})),
    delete: async (...args: unknown[]) => {
      live = undefined;
      told.push(["delete", ...args.filter((arg) => arg !== undefined)]);
    },
    patch: async (...args: unknown[]) => {
      told.push(["patch", ...args.filter((arg) => arg !== undefined)]);
    },
  };
  return { api: api as unknown as Objects, told };
}

test("a Job of ours that failed in an earlier run is found, and nothing else", async () => {
  const found = (job: V1Job | undefined) => failedJob(manifest, server(job).api);
  expect(await found(failed)).toBe(failed);
  expect(await found(undefined)).toBeUndefined();
  expect(
    await found({ ...failed, status: { conditions: [{ type: "Complete", status: "True" }] } }),
  ).toBeUndefined();
  expect(await found({ ...failed, status: { active: 1 } })).toBeUndefined();
  expect(await found({ ...failed, metadata: { labels: {} } })).toBeUndefined();
  expect(await failedJob({ ...manifest, kind: "Deployment" }, server(failed).api)).toBeUndefined();
});

test("an API server that refuses to say is no sign that there is no failed Job", async () => {
  const { api } = server(undefined);
  const refused = { ...api, read: () => Promise.reject(new ApiException(403, "Forbidden", {}, {})) };
  await expect(failedJob(manifest, refused)).rejects.toThrow("403");
});

test("a failed Job is removed with its pods, then made by the provider's own field manager", async () => {
  const { api, told } = server(failed);
  await makeAgain(manifest, api);
  const { name, namespace } = manifest.metadata;
  const deployed = {
    ...manifest,
    metadata: {
      ...manifest.metadata,
      annotations: { "pulumi.com/patchFieldManager": "pressurevalve", "pulumi.com/skipAwait": "true" },
    },
  };
  expect(told).toEqual([
    ["delete", { apiVersion: "batch/v1", kind: "Job", metadata: { name, namespace } }, "Foreground"],
    ["patch", deployed, "pressurevalve", "application/apply-patch+yaml"],
  ]);
});
