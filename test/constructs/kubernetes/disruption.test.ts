import { expect, test } from "@jest/globals";
import { find, order, rendered } from "../example.ts";

test("one pod at a time may be evicted, and one that is not ready never stands in the way", () => {
  expect(find(rendered(order()), "PodDisruptionBudget").spec).toEqual({
    maxUnavailable: 1,
    unhealthyPodEvictionPolicy: "AlwaysAllow",
    selector: {
      matchLabels: { "app.kubernetes.io/name": "order", "app.kubernetes.io/component": "service" },
    },
  });
});
