import {
  Cpu,
  call,
  Duration,
  get,
  JsonPatch,
  postgres,
  rest,
  Size,
  service,
} from "../../../../../constructs/index.ts";
import { prices } from "./prices.ts";

const memory = Size.mebibytes(256);

/** Holds what a customer is about to buy. */
export const basket = service("basket", {
  owner: "checkout",
  api: rest({ port: 3000 }),
  resources: { cpu: Cpu.millis(250), memory },
  database: postgres({ size: Size.gibibytes(20) }),
  calls: () => [
    // Prices are cached, so a second attempt is worth its while.
    call(prices.api, { timeout: Duration.millis(800), attempts: 2 }),
  ],
  configuration: { files: { "sizes.json": "{}" }, env: { CURRENCY: "EUR" } },
  scaling: { kind: "autoscaled", max: 60 },
  rollout: { kind: "blue-green", smokeTest: [get("/health/ready")] },
  patches: [
    {
      kind: "Rollout",
      name: "basket",
      operations: [
        JsonPatch.add("/spec/minReadySeconds", 30),
        JsonPatch.replace("/spec/revisionHistoryLimit", 4),
      ],
      reason: "baskets fill their caches first",
    },
    {
      kind: "Service",
      name: "basket",
      operations: [JsonPatch.add("/spec/internalTrafficPolicy", "Local")],
      reason: "a basket stays on its node",
    },
  ],
});
