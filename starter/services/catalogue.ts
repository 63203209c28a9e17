import { rest, service } from "pressurevalve";

/** What this service is for, in one sentence. */
export const catalogue = service("catalogue", {
  owner: "everybody",
  api: rest({ port: 3000 }),
  scaling: { kind: "autoscaled", max: 10 },
});
