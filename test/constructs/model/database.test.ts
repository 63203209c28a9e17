import { expect, test } from "@jest/globals";
import { postgres, Size } from "../../../constructs/index.ts";
import { environment, guarded, order, problems, resolved } from "../example.ts";

test("what stands behind a database is the environment's to say", () => {
  expect(resolved(order({ database: postgres() })).database?.store.kind).toBe("statefulset");
  expect(resolved(order({ database: postgres() }), guarded).database?.store.kind).toBe("managed");
});

test("a database has 10 GiB and its migrations the time of an update unless the description says otherwise", () => {
  const { database } = resolved(order({ database: postgres({ migrations: { args: ["migrate"] } }) }));
  expect(database?.size).toEqual(Size.gibibytes(10));
  expect(database?.migrations?.deadline).toEqual(environment.progressDeadline);
});

test("another kind, an odd size, and migrations without arguments are refused", () => {
  expect(
    problems([order({ database: { kind: "mysql", size: Size.mebibytes(512), migrations: {} } })]),
  ).toEqual([
    'order: database.kind is mysql, but must be "postgres"; write "postgres"',
    "order: database.size is 512 MiB, but must be whole mebibytes from 1 GiB to 64 TiB; write for example Size.gibibytes(20)",
    "order: database.migrations.args is missing: it must be an array; write a list in brackets",
  ]);
});
