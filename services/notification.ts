import { rest, service } from "pressurevalve";

/** Tells customers what became of their order. */
export const notification = service("notification", {
  owner: "customer-care",
  api: rest({ port: 3000, callers: ["checkout"] }),
  configuration: { env: { SENDER: "hello@mountainpass.example" } },
  scaling: { kind: "autoscaled", max: 20 },
});
