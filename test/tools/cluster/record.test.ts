import { expect, test } from "@jest/globals";
import { forThisBoot } from "../../../tools/cluster/record.ts";

const record = {
  folder: "/somewhere/.local/cluster",
  boot: "monday",
  started: "2026-11-20T08:00:00Z",
  startedBy: undefined,
  complete: true,
  processes: { etcd: { pid: 7, startTime: "4711", version: "v3.6.8" } },
  settings: { "kernel/panic": "0" },
};

test("a record of this boot holds", () => {
  expect(forThisBoot(record, "monday")).toEqual(record);
});

test("after a reboot the ids belong to others and the kernel has its own settings back; the folder is still known", () => {
  expect(forThisBoot(record, "tuesday")).toEqual({ ...record, processes: {}, settings: {} });
});
