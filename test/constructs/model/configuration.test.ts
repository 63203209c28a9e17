import { expect, test } from "@jest/globals";
import { ApiReference, call } from "../../../constructs/index.ts";
import { order, other, problems, resolved } from "../example.ts";

test("files are found under a name that their content makes", () => {
  const name = (content: string) =>
    resolved(order({ configuration: { files: { "a.json": content } } })).configuration.files?.name;
  expect(name("{}")).toMatch(/^order-configuration-[0-9a-f]{10}$/);
  expect(name("[]")).not.toBe(name("{}"));
});

test("what the kit itself tells the container cannot be told otherwise", () => {
  const env = {
    ...{ PORT: "1", PROTOCOL: "x", REQUESTS: "x", OTEL_SERVICE_NAME: "x", SERVICE_BINDING_ROOT: "/" },
    ...{ PAYMENT_URL: "x", PAYMENT_PROTOCOL: "x", PAYMENT_REQUESTS: "x" },
  };
  const calls = () => [call(new ApiReference("payment"))];
  expect(problems([order({ configuration: { env }, calls }), other("payment")])).toEqual(
    Object.keys(env).map((name) => `order: configuration.env.${name} is set by the kit; choose another name`),
  );
});

test("names that a container or a ConfigMap cannot have are refused", () => {
  const configuration = { env: { "a b": "x" }, files: { "..a": "x" } };
  expect(problems([order({ configuration })])).toEqual([
    'order: configuration.env["a b"] has a name that must be a variable\'s name; use capitals, digits and underscores',
    'order: configuration.files["..a"] has a name that must be a file\'s name; use letters, digits, dots, dashes and underscores',
  ]);
  expect(problems([order({ configuration: { files: { constructor: "x" } } })])).toEqual([
    'order: configuration.files is {"constructor":"x"}, but must have no field constructor or __proto__, which JavaScript keeps for itself; rename it',
  ]);
});

test("values are text without NUL, and no more than an object can hold", () => {
  expect(problems([order({ configuration: { env: { A: 5, B: "\0" } } })])).toEqual([
    "order: configuration.env.A is 5, but must be a string; write text in quotes",
    "order: configuration.env.B is \\u0000, but must hold no NUL; remove it",
  ]);
  const [env] = problems([order({ configuration: { env: { A: "x".repeat(65_536) } } })]);
  expect(env).toMatch(
    /^order: configuration\.env is .*…, but must have at most 64 KiB in all; put larger settings into files$/,
  );
  const [files] = problems([order({ configuration: { files: { a: "ż".repeat(460_800) } } })]);
  expect(files).toMatch(
    /^order: configuration\.files is .*…, but must have at most 200 KiB in all; keep larger data in a store$/,
  );
});
