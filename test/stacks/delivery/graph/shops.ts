import fc from "fast-check";
import { ApiReference, call, get, postgres, rest, service } from "../../../../constructs/index.ts";

export const names = ["order", "inventory", "payment", "notification"];

const asked = {
  any: ["GET /items/{sku}", "POST /items"],
  reads: ["GET /items/{sku}"],
} as const;

/** Of one host no two services answer the same. */
const ownRequest = (index: number) => `GET /${names[index]}/{id}` as const;

/** Shops of one to four services, each of which may call those that follow it. */
export const shops = fc
  .array(
    fc.record({
      port: fc.constantFrom(3000, 8080),
      database: fc.constantFrom(undefined, postgres(), postgres({ migrations: { args: ["migrate"] } })),
      jobs: fc.constantFrom({}, { nightly: { schedule: "0 3 * * *", args: ["job"] } }),
      smokeTested: fc.boolean(),
      answers: fc.boolean(),
      isPublic: fc.boolean(),
      calls: fc.array(fc.constantFrom("no", "any", "reads"), { minLength: 4, maxLength: 4 }),
    }),
    { minLength: 1, maxLength: 4 },
  )
  .map((sketches) =>
    sketches.map(({ port, database, jobs, smokeTested, answers, isPublic, calls }, index) =>
      service(names[index] as string, {
        owner: "checkout",
        api: rest({
          port,
          ...(answers && {
            requests: { "GET /items/{sku}": {}, "POST /items": {}, [ownRequest(index)]: {} },
          }),
          ...(isPublic && { public: [ownRequest(index)] }),
        }),
        ...(database && { database }),
        jobs,
        rollout: smokeTested ? { kind: "blue-green", smokeTest: [get("/ready")] } : { kind: "rolling" },
        calls: () =>
          sketches
            .map((callee, other) => ({ other, what: calls[other], answers: callee.answers }))
            .filter(({ other, what }) => other > index && what !== "no")
            .map(({ other, what, answers }) =>
              call(
                new ApiReference(names[other] as string),
                answers ? { requests: asked[what as "any"] } : {},
              ),
            ),
      }),
    ),
  );
