import { expect, test } from "@jest/globals";
import { Cpu, Size } from "../../../constructs/index.ts";
import { order, problems, resolved } from "../example.ts";

test("a service that says nothing gets 100m of CPU and 128 MiB", () => {
  expect(resolved(order()).resources).toEqual({ cpu: Cpu.millis(100), memory: Size.mebibytes(128) });
});

test("amounts are typed, whole and within bounds", () => {
  expect(problems([order({ resources: { cpu: "250m", memory: "256Mi" } })])).toEqual([
    "order: resources.cpu is 250m, but must be a Cpu; write for example Cpu.millis(250)",
    "order: resources.memory is 256Mi, but must be a Size; write for example Size.mebibytes(256)",
  ]);
  expect(problems([order({ resources: { cpu: Cpu.units(65), memory: Size.mebibytes(8) } })])).toEqual([
    "order: resources.cpu is 65 cores, but must be whole millicores from 1m to 64 cores; write for example Cpu.millis(250)",
    "order: resources.memory is 8 MiB, but must be whole mebibytes from 16 MiB to 512 GiB; write for example Size.mebibytes(256)",
  ]);
});
