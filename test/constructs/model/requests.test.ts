import { expect, test } from "@jest/globals";
import {
  ApiReference,
  call,
  type RequestClasses,
  type RequestName,
  rest,
} from "../../../constructs/index.ts";
import { requestName, resolvedRequests } from "../../../constructs/model/requests.ts";
import { order, other, problems } from "../example.ts";

const answering = (requests: object) =>
  problems([order({ api: rest({ port: 3000, requests: requests as never }) })]);

test.each([
  "GET /",
  "GET /*",
  "GET /items",
  "PUT /items/{sku}",
  "DELETE /items/{sku}/pictures/*",
  "POST /a-b_c.d~e/%20",
  "GET /items/",
])("%s is a request", (name) => {
  expect(requestName.safeParse(name).success).toBe(true);
});

test.each([
  "get /items",
  "GET items",
  "FETCH /items",
  "GET  /items",
  "GET /items?page=1",
  "GET /items/*/pictures",
  "GET /items*",
  "GET /item{s}",
  "GET /{}",
  "GET /(?!items)",
  "GET /[0-9]+",
  "GET /items\\d",
])("%s is none", (name) => {
  expect(answering({ [name]: {} })).toEqual([
    `order: api.requests[${JSON.stringify(name)}] has a name that must be a method and a path, no regular expression; write for example GET /items/{sku} or GET /items/*`,
  ]);
});

test.each([
  ["GET //items", "GET /items"],
  ["GET /items%2Fnew", "GET /items/new"],
  ["PUT /items%5c{sku}", "PUT /items/{sku}"],
  ["GET /items/../orders/*", "GET /orders/*"],
  ["GET /items/%2e/new", "GET /items/new"],
  ["GET /%41", "GET /A"],
])("%s would never match, and is refused", (name, spelled) => {
  expect(answering({ [name]: {} })).toEqual([
    `order: api.requests[${JSON.stringify(name)}] has a name that must be spelled as a mesh judges it; write ${spelled}`,
  ]);
  const calls = () => [call(new ApiReference("inventory"), { requests: [name as RequestName] })];
  expect(problems([order({ calls }), other("inventory")])).toEqual([
    `order: calls[0].requests[0] is ${name}, but must be spelled as a mesh judges it; write ${spelled}`,
  ]);
});

test("HTTP says what may be repeated, unless the service does", () => {
  const idempotent = (name: RequestName, described: RequestClasses[RequestName] = {}) =>
    resolvedRequests({ [name]: described })[0]?.idempotent;
  expect(idempotent("GET /a")).toBe(true);
  expect(idempotent("DELETE /a")).toBe(true);
  expect(idempotent("POST /a")).toBe(false);
  expect(idempotent("PATCH /a")).toBe(false);
  expect(idempotent("POST /a", { idempotent: true })).toBe(true);
  expect(idempotent("GET /a", { idempotent: false })).toBe(false);
});

test("an API that names its requests names at least one, and each once", () => {
  expect(answering({})).toEqual([
    "order: api.requests is {}, but must have at least one; leave it out where every request is answered",
  ]);
  expect(answering({ "GET /items/{sku}": {}, "GET /items/{id}": {}, "PUT /items/{id}": {} })).toEqual([
    "order: api.requests is GET /items/{id}, but GET /items/{sku} says it already; take one out",
  ]);
});

test("a request says whether it is idempotent, and nothing else", () => {
  expect(answering({ "GET /a": { idempotent: "yes", retries: 2 } })).toEqual([
    'order: api.requests["GET /a"].idempotent is yes, but must be true or false; say whether it may be repeated',
    'order: api.requests["GET /a"].retries is no such field; take it out',
  ]);
});
