import { expect, test } from "@jest/globals";
import { redactor, secretValues } from "../../stacks/redact.ts";

const encode = (value: string) => Buffer.from(value).toString("base64");
const uri = "postgresql://order:hunter2@order-database:5432/order";
const binding = {
  username: encode("order"),
  password: encode("hunter2"),
  host: encode("order-database"),
  uri: encode(uri),
};

test("passwords and addresses that hold them are blotted out of log lines", () => {
  const redact = redactor(secretValues(binding));
  expect(redact(`cannot connect to ${uri}`)).toBe("cannot connect to [secret]");
  expect(redact("password authentication failed: hunter2")).toBe("password authentication failed: [secret]");
});

test("what a binding holds besides stays readable", () => {
  expect(redactor(secretValues(binding))("order: no route to order-database")).toBe(
    "order: no route to order-database",
  );
});

test("an empty value blots out nothing", () => {
  expect(redactor(secretValues({ password: "" }))("all is well")).toBe("all is well");
});
