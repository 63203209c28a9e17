import { spawn } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "@jest/globals";
import { clusterFolder } from "../../../tools/cluster/layout.ts";
import { requireNoOther, requireNoOtherCommand } from "../../../tools/cluster/machine.ts";
import { recordOf } from "../../../tools/cluster/processes.ts";
import type { ClusterRecord } from "../../../tools/cluster/record.ts";

const other = spawn("sleep", ["600"]);

afterAll(() => {
  other.kill("SIGKILL");
});

/** A record of which one process lives. */
function recordOfLiving(folder: string): ClusterRecord {
  const process = recordOf(Number(other.pid));
  if (process === undefined) throw new Error("sleep has ended");
  return {
    folder,
    boot: "monday",
    started: new Date().toISOString(),
    startedBy: process,
    complete: false,
    processes: { kubelet: { ...process, version: "v1.36.3" } },
    settings: {},
  };
}

test("a cluster of which no more than the kubelet lives is another's all the same", async () => {
  await expect(requireNoOther(recordOfLiving(tmpdir()))).rejects.toThrow(
    /^a machine runs one local cluster, and that of .* runs; stop it first: cd .* && npm stop$/,
  );
});

test("what is left of a checkout that is gone belongs to nobody", async () => {
  await expect(requireNoOther(recordOfLiving(join(tmpdir(), "gone")))).resolves.toBeUndefined();
});

test("a second command names the first, which is starting the cluster", async () => {
  await expect(requireNoOtherCommand(recordOfLiving(clusterFolder))).rejects.toThrow(
    `process ${other.pid} is starting the local cluster; wait until it has, or end it`,
  );
});
