import { expect, test } from "@jest/globals";
import { Duration, get, grpc } from "../../../constructs/index.ts";
import { order, problems, resolved } from "../example.ts";

test("a service that says nothing rolls", () => {
  expect(resolved(order()).rollout).toEqual({ kind: "rolling" });
});

test("blue-green switches by itself and keeps blue as long as the environment says", () => {
  expect(resolved(order({ rollout: { kind: "blue-green" } })).rollout).toEqual({
    kind: "blue-green",
    smokeTest: [],
    promotion: { kind: "automatic" },
    keepBlue: Duration.seconds(30),
  });
});

test("a manual promotion has no delay", () => {
  const promotion = { kind: "manual", after: Duration.seconds(30) };
  expect(problems([order({ rollout: { kind: "blue-green", promotion } })])).toEqual([
    "order: rollout.promotion.after is no such field; take it out",
  ]);
});

test("a smoke test gets paths, and blue is kept until routes settle", () => {
  const rollout = {
    kind: "blue-green",
    smokeTest: [{ ...get("/orders"), method: "POST" }, get("orders")],
    keepBlue: Duration.seconds(29),
  };
  expect(problems([order({ rollout })])).toEqual([
    'order: rollout.smokeTest[0].method is POST, but must be "GET"; write "GET"',
    "order: rollout.smokeTest[1].path is orders, but must be a URL path; begin it with / and escape what a URL cannot hold",
    "order: rollout.keepBlue is 29 s, but must be whole seconds from 30 s to 24 h; write for example Duration.seconds(30)",
  ]);
});

test("a smoke test asks one path at a time, spelled as a mesh judges it", () => {
  const smokeTest = ["/orders*", "/a%2Fb?c=%2F", "/orders?near=*&from=../x"].map(get);
  expect(problems([order({ rollout: { kind: "blue-green", smokeTest } })])).toEqual([
    "order: rollout.smokeTest[0].path is /orders*, but must be one path; write it out without *",
    "order: rollout.smokeTest[1].path is /a%2Fb?c=%2F, but must be spelled as a mesh judges it; write /a/b",
  ]);
});

test("a gRPC API has no smoke test, which asks over HTTP", () => {
  const tested = (smokeTest: object[]) =>
    problems([order({ api: grpc({ port: 4000 }), rollout: { kind: "blue-green", smokeTest } })]);
  expect(tested([])).toEqual([]);
  expect(tested([get("/orders")])).toEqual([
    "order: rollout.smokeTest asks over HTTP, but the API is gRPC; leave it out, as the readiness probe asks grpc.health.v1 before the new version gets traffic",
  ]);
});
