import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { endAll, post, startService } from "./service.ts";

afterEach(endAll);

let url: string;

beforeEach(async () => {
  const catalogue = await startService("catalogue", { PROTOCOL: "graphql" });
  url = `${catalogue.url}/graphql`;
});

const get = (query: string) => fetch(`${url}?query=${encodeURIComponent(query)}`);

test("a mutation by POST makes a record that a query by GET reads", async () => {
  const made = await post(url, { query: 'mutation { keep(key: "a") { id } }' });
  expect([made.status, made.headers.get("content-type")]).toEqual([200, "application/graphql-response+json"]);
  const { data } = (await made.json()) as { data: { keep: { id: string } } };
  const read = await get(`{ record(id: "${data.keep.id}") { id service } }`);
  expect(await read.json()).toEqual({ data: { record: { id: data.keep.id, service: "catalogue" } } });
});

test("a mutation by GET is refused, as the specification has it", async () => {
  const answer = await get('mutation { keep(key: "a") { id } }');
  expect([answer.status, answer.headers.get("allow")]).toEqual([405, "POST"]);
});

test("what is no query, or asks for what is not there, is 400", async () => {
  expect((await get("{ record(")).status).toBe(400);
  const unknown = await get("{ price }");
  expect(unknown.status).toBe(400);
  expect(JSON.stringify(await unknown.json())).toContain('Cannot query field \\"price\\"');
  expect((await post(url, {})).status).toBe(400);
});

test("its probes answer as ever", async () => {
  expect((await fetch(new URL("/health/ready", url))).status).toBe(200);
});
