import { call, Duration, postgres, rest, service } from "pressurevalve";
import { inventory } from "./inventory.ts";
import { payment } from "./payment.ts";

/** Rents gear out, by the day, and takes it back. */
export const rental = service("rental", {
  owner: "rental",
  api: rest({
    port: 3000,
    requests: {
      "POST /rentals": { idempotent: true },
      "GET /rentals": {},
      "GET /rentals/{id}": {},
    },
  }),
  database: postgres({ migrations: { args: ["migrate"] } }),
  calls: () => [
    call(inventory.api, { requests: ["POST /inventories"], timeout: Duration.millis(800) }),
    call(payment.api, { requests: ["POST /payments"], timeout: Duration.seconds(1) }),
  ],
  configuration: { files: { "seasons.json": '{ "winter": ["2026-12-01", "2027-04-15"] }\n' } },
  scaling: { kind: "autoscaled", max: 12 },
});
