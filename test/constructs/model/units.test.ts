import { expect, test } from "@jest/globals";
import { Cpu, Duration, Size } from "../../../constructs/index.ts";
import { cpuQuantity, milliseconds, sizeQuantity, spell } from "../../../constructs/model/units.ts";

test("an amount is said in its largest whole unit", () => {
  expect(
    [Duration.millis(1500), Duration.seconds(90), Duration.hours(24), Duration.millis(0)].map(spell),
  ).toEqual(["1500 ms", "90 s", "24 h", "0 ms"]);
  expect([Size.mebibytes(1536), Size.gibibytes(2), Cpu.millis(250), Cpu.units(2)].map(spell)).toEqual([
    "1536 MiB",
    "2 GiB",
    "250m",
    "2 cores",
  ]);
});

test("Kubernetes' own spelling is in Mi and m", () => {
  expect(sizeQuantity(Size.gibibytes(2))).toBe("2048Mi");
  expect(cpuQuantity(Cpu.units(0.25))).toBe("250m");
});

test("a fraction is as exact as it was written", () => {
  expect(cpuQuantity(Cpu.units(1.001))).toBe("1001m");
  expect(milliseconds(Duration.seconds(1.001))).toBe(1001);
});
