import { expect, test } from "@jest/globals";
import { rest } from "../../../constructs/index.ts";
import { order, problems, resolved } from "../example.ts";

test("an API is found under the service's name in its namespace", () => {
  expect(resolved(order()).api.url).toBe("http://order.dev-order.svc:3000");
});

test("a port that needs root, is none, or is text is refused", () => {
  const said = (port: unknown) => problems([order({ api: rest({ port: port as number }) })]);
  expect(said(80)).toEqual([
    "order: api.port is 80, but must be at least 1024; a container without root listens above 1023",
  ]);
  expect(said(65536)).toEqual(["order: api.port is 65536, but must be at most 65535; choose a lower port"]);
  const whole = "but must be a whole number; give the port that the container listens on";
  expect(said("3000")).toEqual([`order: api.port is "3000", ${whole}`]);
  expect(said(Number.NaN)).toEqual([`order: api.port is NaN, ${whole}`]);
});

test("an API of another kind, or none, is refused", () => {
  expect(problems([order({ api: { kind: "soap", port: 3000 } })])).toEqual([
    'order: api.kind is soap, but must be "rest" or "grpc" or "graphql"; choose one of them',
  ]);
  expect(problems([order({ api: undefined })])).toEqual([
    "order: api is missing: it must be an API; write for example api: rest({ port: 3000 })",
  ]);
});
