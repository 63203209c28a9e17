import { expect, test } from "@jest/globals";
import { podTroubles, warnings } from "../../stacks/delivery/pulumi/pod.ts";
import { blocks } from "./markdown.ts";

const [shown] = blocks("text").filter(({ mark }) => mark === "failing pod");

const status = {
  containerStatuses: [
    {
      name: "order",
      image: "",
      imageID: "",
      ready: false,
      restartCount: 2,
      state: {
        waiting: { reason: "CrashLoopBackOff", message: "back-off 10s restarting failed container" },
      },
      lastState: { terminated: { reason: "Error", exitCode: 1 } },
    },
  ],
};

const event = {
  type: "Warning",
  reason: "BackOff",
  message: "Back-off restarting failed container order",
  metadata: {},
  involvedObject: {},
};

test("the page shows a crashing pod in the words in which the kit tells of it", () => {
  const told = [...podTroubles({ status }), ...warnings([event])];
  expect(told).toHaveLength(3);
  for (const line of told) expect(shown?.text).toContain(`\n    ${line}\n`);
});
