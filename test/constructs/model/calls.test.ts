import { expect, test } from "@jest/globals";
import {
  ApiReference,
  type Call,
  call,
  Duration,
  type Environment,
  type RequestClasses,
  type RequestName,
  resolve,
  rest,
} from "../../../constructs/index.ts";
import { environment, meshed, order, other, problems } from "../example.ts";

const to = (callee: string, options: Omit<Call, "api"> = {}) => call(new ApiReference(callee), options);
const calling = (...calls: Call[]) => ({ calls: () => calls });

test("a call is tried once, for a second, unless the caller says otherwise", () => {
  const [caller] = resolve(
    [order(calling(to("inventory"))), other("inventory", { api: rest({ port: 4000 }) })],
    environment,
  );
  expect(caller?.calls).toEqual([
    {
      callee: "inventory",
      kind: "rest",
      namespace: "dev-inventory",
      host: "inventory.dev-inventory.svc.cluster.local",
      port: 4000,
      url: "http://inventory.dev-inventory.svc:4000",
      requests: [
        {
          name: "GET|HEAD|OPTIONS|PUT|DELETE /*",
          methods: ["GET", "HEAD", "OPTIONS", "PUT", "DELETE"],
          path: "/*",
          idempotent: true,
          streaming: false,
          importance: "normal",
        },
        {
          name: "POST|PATCH /*",
          methods: ["POST", "PATCH"],
          path: "/*",
          idempotent: false,
          streaming: false,
          importance: "normal",
        },
      ],
      timeout: Duration.seconds(1),
      attempts: 1,
      budget: Duration.millis(1000),
      baseEjectionTime: Duration.seconds(30),
      client: { timeout: Duration.seconds(1), attempts: 1 },
    },
  ]);
});

test("in a mesh the application asks once and waits for all attempts of its sidecar", () => {
  const twice = [
    order(calling(to("inventory", { timeout: Duration.millis(200), attempts: 2 }))),
    other("inventory"),
  ];
  const client = (where: Environment) => resolve(twice, where)[0]?.calls[0]?.client;
  expect(client(environment)).toEqual({ timeout: Duration.millis(200), attempts: 2 });
  expect(client(meshed)).toEqual({ timeout: Duration.millis(425), attempts: 1 });
});

test("an unknown callee is reported with the name that was meant", () => {
  expect(problems([order(calling(to("paymnet"), to("unheard-of"))), other("payment")])).toEqual([
    "order: calls[0] is paymnet, but there is no such service; did you mean payment?",
    "order: calls[1] is unheard-of, but there is no such service; add it to services/index.ts",
  ]);
});

test("a callee that has problems of its own is no unknown callee", () => {
  expect(problems([order(calling(to("payment"))), other("payment", { owner: 5 })])).toEqual([
    'payment: owner is 5, but must be the name of a team; write for example owner: "checkout"',
  ]);
});

const payment = other("payment", {
  api: rest({
    port: 3000,
    requests: { "GET /charges/{id}": {}, "POST /charges": {}, "POST /refunds": { idempotent: true } },
  }),
});

test("a callee is declared once, or its requests are told apart", () => {
  expect(problems([order(calling(to("payment"), to("payment"))), other("payment")])).toEqual([
    "order: calls[1] is payment, but it is declared already; declare it once, or name the requests of each call",
  ]);
  const apart = (...second: RequestName[]) =>
    problems([
      order(calling(to("payment", { requests: ["GET /charges/{id}"] }), to("payment", { requests: second }))),
      payment,
    ]);
  expect(apart("POST /charges", "POST /refunds")).toEqual([]);
  expect(apart("POST /charges", "GET /charges/{id}", "POST /charges")).toEqual([
    "order: calls[1].requests is GET /charges/{id}, but it is asked of payment already; name each request once",
    "order: calls[1].requests is POST /charges, but it is asked of payment already; name each request once",
  ]);
});

test("a call that names requests asks for these alone", () => {
  const [caller] = resolve(
    [order(calling(to("payment", { requests: ["POST /refunds"] }))), payment],
    environment,
  );
  expect(caller?.calls[0]?.requests).toMatchObject([
    { methods: ["POST"], path: "/refunds", idempotent: true },
  ]);
});

test("a request that the callee does not name is reported with the one that was meant", () => {
  expect(
    problems([order(calling(to("payment", { requests: ["GET /charge/{id}", "PUT /x"] }))), payment]),
  ).toEqual([
    "order: calls[0].requests is GET /charge/{id}, but payment has no such request; did you mean GET /charges/{id}?",
    "order: calls[0].requests is PUT /x, but payment has no such request; add it to the requests of payment",
  ]);
  expect(problems([order(calling(to("payment", { requests: ["GET /x"] }))), other("payment")])).toEqual([
    "order: calls[0].requests is GET /x, but payment has no such request; add it to the requests of payment",
  ]);
});

test("only what is idempotent is tried again", () => {
  const twice = (...requests: RequestName[]) =>
    problems([order(calling(to("payment", { requests, attempts: 2 }))), payment]);
  expect(twice("GET /charges/{id}", "POST /refunds")).toEqual([]);
  expect(twice("GET /charges/{id}", "POST /charges")).toEqual([
    "order: calls[0].attempts is 2, but POST /charges of payment is not idempotent; give it a call of its own with one attempt, or say idempotent: true in payment if it is",
  ]);
});

test("a call that names no requests tries the idempotent ones again, and must find some", () => {
  const twice = (requests: RequestClasses) =>
    problems([
      order(calling(to("payment", { attempts: 2 }))),
      other("payment", { api: rest({ port: 3000, requests }) }),
    ]);
  expect(twice({ "GET /charges": {}, "POST /charges": {} })).toEqual([]);
  expect(twice({ "POST /charges": {} })).toEqual([
    "order: calls[0].attempts is 2, but POST /charges of payment is not idempotent; give it a call of its own with one attempt, or say idempotent: true in payment if it is",
  ]);
});

test("another team's service is called with that team's consent", () => {
  const calledBy = (callers: string[]) =>
    problems([
      order(calling(to("payment"))),
      other("payment", { owner: "finance", api: rest({ port: 3000, callers }) }),
    ]);
  expect(calledBy(["warehouse", "checkout"])).toEqual([]);
  expect(calledBy(["warehouse"])).toEqual([
    "order: calls[0] is payment, but finance, who owns it, has not agreed to calls of checkout; ask finance to add checkout to api.callers of payment, or take the call out",
  ]);
});

test("calls that are no function, throw, or return something else are refused", () => {
  expect(problems([order({ calls: [] })])).toEqual([
    "order: calls is [], but must be a function; write calls: () => [...]",
  ]);
  const throwing = () => {
    throw new Error("inventory is not defined;\nreally");
  };
  expect(problems([order({ calls: throwing })])).toEqual([
    "order: calls must return the calls, but throws: inventory is not defined;\\u000areally; mend the function",
  ]);
  expect(problems([order({ calls: () => 5 })])).toEqual([
    "order: calls must return an array; write calls: () => [call(inventory.api)]",
  ]);
});

test("a call names an API, a timeout and attempts within bounds, and nothing else", () => {
  const wrong = { api: "inventory", timeout: Duration.minutes(6), attempts: 11, timout: 5 };
  expect(problems([order({ calls: () => [wrong] })])).toEqual([
    "order: calls[0].api is inventory, but must be the API of a service; write for example inventory.api",
    "order: calls[0].timeout is 6 min, but must be whole milliseconds from 1 ms to 20 s; write for example Duration.millis(200)",
    "order: calls[0].attempts is 11, but must be at most 10; more attempts make an outage worse",
    "order: calls[0].timout is no such field; did you mean timeout?",
  ]);
});
