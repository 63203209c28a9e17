import { expect, test } from "@jest/globals";
import { get, postgres } from "../../../constructs/index.ts";
import { find, order, rendered } from "../example.ts";

const service = rendered(
  order({
    database: postgres({ migrations: { args: ["migrate"] } }),
    jobs: { nightly: { schedule: "0 3 * * *", args: ["x"] } },
    rollout: { kind: "blue-green", smokeTest: [get("/")] },
  }),
);

const templates = {
  Rollout: find(service, "Rollout").spec.template,
  StatefulSet: find(service, "StatefulSet").spec.template,
  Job: find(service, "Job").spec.template,
  CronJob: find(service, "CronJob").spec.jobTemplate.spec.template,
  AnalysisTemplate: find(service, "AnalysisTemplate").spec.metrics[0].provider.job.spec.template,
};

test.each(Object.entries(templates))("the restricted Pod Security Standard admits the pods of %s", (_, {
  spec,
}) => {
  expect(spec.securityContext).toMatchObject({
    runAsNonRoot: true,
    runAsUser: 65532,
    runAsGroup: 65532,
    seccompProfile: { type: "RuntimeDefault" },
  });
  expect(spec.containers[0].securityContext).toEqual({
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ["ALL"] },
  });
});

test.each(
  Object.entries(templates),
)("the pods of %s request CPU, memory and disk, and may write to /tmp", (_, { spec }) => {
  const [{ resources, volumeMounts }] = spec.containers;
  expect(resources.requests).toEqual({ cpu: expect.any(String), ...resources.limits });
  expect(resources.limits).toEqual({ memory: expect.any(String), "ephemeral-storage": "256Mi" });
  expect(volumeMounts).toContainEqual({ name: "tmp", mountPath: "/tmp" });
});
