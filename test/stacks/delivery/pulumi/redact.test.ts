import { expect, test } from "@jest/globals";
import { redactor, Secrets, secretValues } from "../../../../stacks/delivery/pulumi/redact.ts";

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

test("a value of several lines is blotted out line by line, for a log shows it so", () => {
  const key = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0\n}\n-----END PRIVATE KEY-----";
  const log = "key:\n      MIIEvQIBADANBgkqhkiG9w0\n}";
  expect(redactor([key])(log)).toBe("key:\n      [secret]\n}");
});

test("the Secrets of init containers, of projected volumes and of the environment are known", async () => {
  const read: string[] = [];
  const secrets = new Secrets(
    {
      readNamespacedSecret: async ({ name }) => {
        read.push(name);
        return { data: { password: encode(`value-of-${name}`) } };
      },
    },
    "dev-order",
  );
  const unknown = await secrets.learn({
    initContainers: [
      { name: "a", env: [{ name: "A", valueFrom: { secretKeyRef: { name: "init", key: "a" } } }] },
    ],
    containers: [{ name: "b", envFrom: [{ secretRef: { name: "environment" } }] }],
    volumes: [
      { name: "c", secret: { secretName: "mounted" } },
      { name: "d", projected: { sources: [{ secret: { name: "projected" } }] } },
    ],
  });
  expect(unknown).toEqual([]);
  expect(read.sort()).toEqual(["environment", "init", "mounted", "projected"]);
  expect((await secrets.redactor())("it is value-of-init")).toBe("it is [secret]");
});

test("a Secret that cannot be read is named: it may well hold values", async () => {
  const secrets = new Secrets(
    { readNamespacedSecret: () => Promise.reject(new Error("forbidden")) },
    "dev-order",
  );
  const volumes = [{ name: "binding", secret: { secretName: "order-database" } }];
  expect(await secrets.learn({ containers: [], volumes })).toEqual(["order-database"]);
});
