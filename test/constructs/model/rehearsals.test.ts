import { expect, test } from "@jest/globals";
import { ApiReference, call, Duration, type Environment, external, rest } from "../../../constructs/index.ts";
import { environment, meshed, order, other, problems } from "../example.ts";

const payment = other("payment", {
  api: rest({ port: 3000, requests: { "GET /charges/{id}": {}, "POST /charges": {} } }),
});
const caller = order({
  calls: () => [
    call(new ApiReference("payment"), { requests: ["GET /charges/{id}"] }),
    call(new ApiReference("inventory")),
  ],
});

const slow = { delay: { fixedDelay: Duration.seconds(2) } };

const rehearsing = (...rehearsals: object[]) =>
  problems([caller, payment, other("inventory")], { ...meshed, rehearsals } as Environment);

test("every edge can be rehearsed, whole or by request", () => {
  expect(
    rehearsing(
      { from: "order", to: "payment", ...slow },
      {
        from: "order",
        to: "payment",
        requests: ["GET /charges/{id}"],
        abort: { httpStatus: 503, share: 0.01 },
      },
      { from: "order", to: "inventory", abort: { httpStatus: 429 }, ...slow },
    ),
  ).toEqual([]);
  expect(problems([caller, payment, other("inventory")], { ...environment, rehearsals: [] })).toEqual([]);
});

test("a rehearsal of an edge that does not exist is refused, with what was meant", () => {
  expect(
    rehearsing(
      { from: "ordr", to: "nobody", ...slow },
      { from: "payment", to: "order", ...slow },
      { from: "order", to: "payment", requests: ["POST /charges", "GET /charges/{ident}"], ...slow },
      { from: "order", to: "inventory", requests: ["GET /items"], ...slow },
    ),
  ).toEqual([
    "environment dev: rehearsals[0].from is ordr, but there is no such service; did you mean order?",
    "environment dev: rehearsals[0].to is nobody, but there is no such service; take the rehearsal out",
    "environment dev: rehearsals[1].to is order, but payment does not call it; take the rehearsal out, or add the call to payment",
    "environment dev: rehearsals[2].requests is POST /charges, but order does not ask it of payment; take it out",
    "environment dev: rehearsals[2].requests is GET /charges/{ident}, but order does not ask it of payment; did you mean GET /charges/{id}?",
    "environment dev: rehearsals[3].requests is GET /items, but order does not ask it of inventory; take it out, or say in inventory which requests it answers",
  ]);
});

test("what is outside has no sidecar that could fail", () => {
  const outside = external("courier", { owner: "checkout" });
  const where: Environment = {
    ...meshed,
    externals: {
      courier: { kind: "dns", host: "courier.example", port: 8080, tls: { kind: "none" }, subnets: "public" },
    },
    rehearsals: [{ from: "order", to: "courier", ...slow }],
  };
  expect(problems([order({ calls: () => [call(outside.api)] })], where)).toEqual([
    "environment dev: rehearsals[0].to is courier, but it is outside, and it is sidecars that fail; take the rehearsal out",
  ]);
});

test("without sidecars nothing could fail", () => {
  const plain = { ...environment, rehearsals: [{ from: "order", to: "payment", ...slow }] };
  expect(problems([caller, payment, other("inventory")], plain)).toEqual([
    "environment dev: rehearsals are set, but mesh.kind is none, and it is sidecars that fail in them; take them out, or put the environment into a mesh",
  ]);
});

test("a rehearsal fails or waits, within bounds", () => {
  const edge = { from: "order", to: "payment" };
  expect(
    rehearsing(
      edge,
      { ...edge, requests: [], abort: { httpStatus: 200, share: 0 } },
      { ...edge, abort: { httpStatus: 600, share: 1.5 }, delay: { fixedDelay: Duration.minutes(2) } },
      { ...edge, ...slow, name: "game day" },
    ).map((problem) => problem.replace("environment dev: ", "")),
  ).toEqual([
    'rehearsals[0] is {"from":"order","to":"payment"}, but must have an abort or a delay; write for example delay: { fixedDelay: Duration.seconds(2) }',
    "rehearsals[1].requests is [], but must name at least one; leave it out for all requests of the edge",
    "rehearsals[1].abort.httpStatus is 200, but must be at least 400; what is no error is no fault",
    "rehearsals[1].abort.share is 0, but must be a share from 0.01 to 1; write for example 0.5",
    "rehearsals[2].abort.httpStatus is 600, but must be at most 599; write for example 503",
    "rehearsals[2].abort.share is 1.5, but must be a share from 0.01 to 1; write for example 0.5",
    "rehearsals[2].delay.fixedDelay is 2 min, but must be whole milliseconds from 1 ms to 1 min; write for example Duration.millis(200)",
    "rehearsals[3].name is no such field; take it out",
  ]);
});
