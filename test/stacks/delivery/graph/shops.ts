import fc from "fast-check";
import {
  type Api,
  ApiReference,
  call,
  get,
  graphql,
  grpc,
  postgres,
  type RequestName,
  rest,
  service,
} from "../../../../constructs/index.ts";

export const names = ["order", "inventory", "payment", "notification"];

/** What each kind of API answers, what of it is asked, and how it is described. */
const spoken = {
  rest: {
    any: ["GET /items/{sku}", "POST /items"],
    reads: ["GET /items/{sku}"],
    api: (port: number, answers: boolean, open?: RequestName) =>
      rest({
        port,
        ...(answers && {
          requests: { "GET /items/{sku}": {}, "POST /items": {}, ...(open && { [open]: {} }) },
        }),
        ...(open && { public: [open] }),
      }),
  },
  grpc: {
    any: ["shop.Items/Get", "shop.Orders/*"],
    reads: ["shop.Items/Get"],
    api: (port: number, answers: boolean) =>
      grpc({ port, ...(answers && { requests: { "shop.Items/Get": {}, "shop.Orders/*": {} } }) }),
  },
  graphql: {
    any: ["GET /graphql", "POST /graphql"],
    reads: ["GET /graphql"],
    api: (port: number) => graphql({ port }),
  },
} as const;

/** Of one host no two services answer the same. */
const ownRequest = (index: number) => `GET /${names[index]}/{id}` as const;

/** Shops of one to four services, each of which may call those that follow it. */
export const shops = fc
  .array(
    fc.record({
      speaks: fc.constantFrom<Api["kind"]>("rest", "grpc", "graphql"),
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
    sketches.map(({ speaks, port, database, jobs, smokeTested, answers, isPublic, calls }, index) =>
      service(names[index] as string, {
        owner: "checkout",
        api: spoken[speaks].api(port, answers, isPublic ? ownRequest(index) : undefined),
        ...(database && { database }),
        jobs,
        rollout:
          smokeTested && speaks !== "grpc"
            ? { kind: "blue-green", smokeTest: [get("/ready"), get("/items?page=1"), get("/items?page=2")] }
            : { kind: "rolling" },
        calls: () =>
          sketches
            .map((callee, other) => ({ other, what: calls[other], ...callee }))
            .filter(({ other, what }) => other > index && what !== "no")
            .map(({ other, what, answers, speaks }) =>
              call(
                new ApiReference(names[other] as string),
                answers ? { requests: spoken[speaks][what as "any"] } : {},
              ),
            ),
      }),
    ),
  );
