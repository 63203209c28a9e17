import { expect, test } from "@jest/globals";
import { analysisTroubles, jobNames } from "../../../../stacks/delivery/pulumi/analysis.ts";

const failed = {
  metadata: { name: "order-7d9-2-pre" },
  status: {
    phase: "Failed",
    message: 'Metric "request-1" assessed Failed due to failed (1) > failureLimit (0)',
    metricResults: [
      {
        name: "request-1",
        measurements: [
          {
            phase: "Failed",
            message: "Job has reached the specified backoff limit",
            metadata: { "job-name": "a1.request-1.1" },
          },
        ],
      },
      {
        name: "request-2",
        measurements: [{ phase: "Successful", metadata: { "job-name": "a1.request-2.1" } }],
      },
    ],
  },
};

test("a failed analysis names the measurements that failed and why", () => {
  expect(analysisTroubles(failed)).toEqual([
    'Failed: Metric "request-1" assessed Failed due to failed (1) > failureLimit (0)',
    "request-1 Failed: Job has reached the specified backoff limit",
  ]);
});

test("only the jobs of failed measurements are looked at", () => {
  expect(jobNames(failed)).toEqual(["a1.request-1.1"]);
});

test("an analysis that passed or still runs is no trouble", () => {
  expect(analysisTroubles({ metadata: { name: "a" }, status: { phase: "Successful" } })).toEqual([]);
  expect(analysisTroubles({ metadata: { name: "a" } })).toEqual([]);
});
