import { expect, test } from "@jest/globals";
import { describe } from "../../../tools/stand-in/description.ts";
import { run } from "./service.ts";

test("the calls are those that the environment declares, in its order", () => {
  const { calls } = describe({
    PAYMENT_URL: "http://payment:3000/",
    PAYMENT_TIMEOUT: "500ms",
    GIFT_CARD_URL: "http://gift-card:3000",
    GIFT_CARD_TIMEOUT: "1s",
    GIFT_CARD_ATTEMPTS: "2",
    GIFT_CARD_REQUESTS: "GET /cards/{id}, PUT /cards/{id}",
    DOCS_URL: "http://not-a-call",
  });
  expect(calls).toEqual([
    {
      ...{ callee: "payment", protocol: "rest", url: "http://payment:3000", timeout: 500, attempts: 1 },
      requests: ["GET|HEAD|OPTIONS|PUT|DELETE /*", "POST|PATCH /*"],
    },
    {
      ...{ callee: "gift-card", protocol: "rest", url: "http://gift-card:3000", timeout: 1000, attempts: 2 },
      requests: ["GET /cards/{id}", "PUT /cards/{id}"],
    },
  ]);
});

test.each([
  ["rest", "GET /Listings, HEAD /Listings", true],
  ["rest", "POST /Listings", false],
  ["rest", "POST /Get", false],
  ["graphql", "GET /graphql", true],
  ["graphql", "POST /GetGraph", false],
  ["grpc", "shop.v1.Items/ListItems, stream shop.v1.Items/Watch", true],
  ["grpc", "shop.v1.Items/KeepItem", false],
])("what leaves everything as it is goes by the protocol: %s, %s", (PROTOCOL, REQUESTS, isReadOnly) => {
  expect(describe({ PROTOCOL, REQUESTS })).toMatchObject({ isReadOnly });
});

test.each([
  [{ PORT: "http" }, 'PORT is "http"; it must be a whole number of at least 0'],
  [{ A_URL: "a:x y", A_TIMEOUT: "200" }, "A_TIMEOUT"],
  [{ A_URL: "nowhere", A_TIMEOUT: "1s" }, 'A_URL is "nowhere"; it must be a URL'],
  [
    { A_URL: "http://a", A_TIMEOUT: "1s", A_ATTEMPTS: "0" },
    'A_ATTEMPTS is "0"; it must be a whole number of at least 1',
  ],
  [
    { A_URL: "http://a", A_TIMEOUT: "1s", A_REQUESTS: "GET /as,POST /as" },
    'A_REQUESTS has "GET /as,POST /as"; a request of rest is such as GET /items/{sku}',
  ],
  [
    { PROTOCOL: "grpc", REQUESTS: "GET /as" },
    'REQUESTS has "GET /as"; a request of grpc is such as shop.v1.Items/GetItem or stream shop.v1.Items/Watch',
  ],
  [{ CAPACITY_KIND: "gpu" }, 'CAPACITY_KIND is "gpu"; it must be one of wait, cpu'],
])("%j is refused", (env, message) => {
  expect(() => describe(env)).toThrow(message);
});

test("a service without a database has nothing to migrate and no job to do", async () => {
  expect(await run(["migrate"])).toMatchObject({
    code: 0,
    lines: [{ message: "no database, so nothing to do" }],
  });
  expect(await run(["job", "nightly"])).toMatchObject({ code: 0 });
});

test("a service whose binding is missing ends with 3 and says where it looked", async () => {
  const { code, errors } = await run([], { SERVICE_BINDING_ROOT: "/nowhere" });
  expect(code).toBe(3);
  expect(errors).toContain(
    "SERVICE_BINDING_ROOT is /nowhere, where no binding has the type postgresql (found: none)",
  );
});

test("an unknown command is refused with the ones there are", async () => {
  const { code, errors } = await run(["mend"]);
  expect(code).toBe(1);
  expect(errors).toContain("there is no command mend; there are serve, migrate, job, fault, ask");
});
