import { expect, test } from "@jest/globals";
import { withoutPassword } from "../../../tools/toolchain/proxy.ts";

test.each([
  ["me:se/cr@et@proxy.example:3128", "…@proxy.example:3128"],
  ["socks5://me:secret@proxy.example", "socks5://…@proxy.example"],
  [
    "postgres://db.example/state?Password=hunter2&sslmode=require",
    "postgres://db.example/state?Password=…&sslmode=require",
  ],
  ["s3://state?region=eu-central-1", "s3://state?region=eu-central-1"],
])("%s is shown as %s", (address, shown) => {
  expect(withoutPassword(address)).toBe(shown);
});
