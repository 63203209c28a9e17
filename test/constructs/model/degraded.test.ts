import { expect, test } from "@jest/globals";
import { ApiReference, type Call, call, type RequestName, resolve, rest } from "../../../constructs/index.ts";
import { environment, order, other, problems } from "../example.ts";

const payment = other("payment", {
  api: rest({
    port: 3000,
    requests: {
      "GET /charges/{id}": {},
      "HEAD /charges/{id}": {},
      "POST /charges": {},
      "PUT /charges/{id}": {},
    },
  }),
});

const calling = (options: Omit<Call, "api">) =>
  order({ calls: () => [call(new ApiReference("payment"), options)] });

const asking = (degraded: unknown, ...requests: RequestName[]) =>
  problems([calling({ requests, degraded } as unknown as Call), payment]);

test("a degraded answer is a 200 unless it says otherwise", () => {
  const answered = (degraded: Call["degraded"]) =>
    resolve(
      [calling({ requests: ["GET /charges/{id}"], ...(degraded && { degraded }) }), payment],
      environment,
    )[0]?.calls[0]?.degraded;
  expect(answered({ body: { state: "unknown" } })).toEqual({ status: 200, body: '{"state":"unknown"}' });
  expect(answered({ status: 203, body: [] })).toEqual({ status: 203, body: "[]" });
  expect(answered(undefined)).toBeUndefined();
});

test("GET and HEAD can have one, whatever JSON it says", () => {
  for (const body of [null, false, 0, "", "50 % off\n", [], { a: [{ b: null }] }])
    expect(asking({ body }, "GET /charges/{id}", "HEAD /charges/{id}")).toEqual([]);
});

test("a write that answers as if it were done is refused, with the edge and the remedy", () => {
  expect(asking({ body: {} }, "POST /charges", "GET /charges/{id}", "PUT /charges/{id}")).toEqual([
    "order: calls[0].degraded is set, but it would tell order that payment has done POST /charges; give POST /charges a call of its own without degraded, for only GET and HEAD can have it",
    "order: calls[0].degraded is set, but it would tell order that payment has done PUT /charges/{id}; give PUT /charges/{id} a call of its own without degraded, for only GET and HEAD can have it",
  ]);
});

test.each([
  ["a callee that lists its requests", payment],
  ["a callee that answers anything", other("payment")],
])("a call of %s says which of them one answer is for", (_, callee) => {
  expect(problems([calling({ degraded: { body: {} } }), callee])).toEqual([
    "order: calls[0].degraded is set, but the call of payment names no requests, which have different answers; name in requests the GET and HEAD requests that it stands in for",
  ]);
});

const cyclic: unknown[] = [];
cyclic.push(cyclic);

test.each([
  ["a date", new Date(0)],
  ["not a number", { price: Number.NaN }],
  ["a map", new Map([["a", 1]])],
  ["a field without value", { a: undefined }],
  ["a big integer", 10n],
  ["a cycle", cyclic],
  ["a function", () => ({})],
])("%s is no JSON", (_, body) => {
  expect(asking({ body }, "GET /charges/{id}").map((problem) => problem.replace(/.*?must/, "must"))).toEqual([
    "must be JSON; write plain values, for example { items: [] }",
  ]);
});

test("a body is there, short, and says nothing but status and body", () => {
  expect(asking({ status: 500 }, "GET /charges/{id}")).toEqual([
    "order: calls[0].degraded.status is 500, but must be 200 or 203; choose one of them",
    "order: calls[0].degraded.body is missing: it must be JSON; write plain values, for example { items: [] }",
  ]);
  expect(asking({ body: "x".repeat(4094) }, "GET /charges/{id}")).toEqual([]);
  expect(asking({ body: "é".repeat(2048) }, "GET /charges/{id}")).toEqual([
    `order: calls[0].degraded.body is ${"é".repeat(80)}…, but must have at most 4096 bytes as JSON; say less`,
  ]);
  expect(asking({ body: 1, header: "x" }, "GET /charges/{id}")).toEqual([
    "order: calls[0].degraded.header is no such field; take it out",
  ]);
});
