import { expect, test } from "@jest/globals";
import { Duration } from "../../../constructs/index.ts";
import { find, order, rendered } from "../example.ts";

const jobs = { nightly: { schedule: "0 3 * * *", args: ["job", "nightly"], deadline: Duration.minutes(5) } };
const { spec } = find(rendered(order({ jobs })), "CronJob", "order-nightly");

test("a job runs at its time in UTC, and never twice at once", () => {
  expect(spec).toMatchObject({ schedule: "0 3 * * *", timeZone: "Etc/UTC", concurrencyPolicy: "Forbid" });
});

test("a job runs the service's image with its arguments, and ends at its deadline", () => {
  const job = spec.jobTemplate.spec;
  expect(job.activeDeadlineSeconds).toBe(300);
  expect(job.template.spec.containers[0]).toMatchObject({
    image: "images.example/order:1",
    args: ["job", "nightly"],
  });
  expect(job.template.spec.restartPolicy).toBe("Never");
});

test("a job's pods are no pods of the service", () => {
  expect(spec.jobTemplate.spec.template.metadata.labels["app.kubernetes.io/component"]).toBe("job");
});
