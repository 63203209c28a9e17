import { Cpu, postgres, rest, Size, service } from "pressurevalve";

/** Knows what is in stock, and reserves it for orders. */
export const inventory = service("inventory", {
  owner: "warehouse",
  api: rest({
    port: 3000,
    callers: ["checkout", "rental"],
    requests: {
      "POST /inventories": { idempotent: true, importance: "critical" },
      "GET /inventories": { importance: "sheddable" },
      "GET /inventories/{id}": {},
    },
  }),
  resources: { cpu: Cpu.millis(200), memory: Size.mebibytes(256) },
  database: postgres({ size: Size.gibibytes(50), migrations: { args: ["migrate"] } }),
  jobs: { "release-reservations": { schedule: "*/15 * * * *", args: ["job", "release-reservations"] } },
  scaling: { kind: "autoscaled", max: 30 },
});
