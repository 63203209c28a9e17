import { expect, jest, test } from "@jest/globals";
import { inTemporaryFolder } from "../../tools/temporary-folder.ts";
import { measureSynth } from "../bench/synth.ts";

// Helm may have to be built first.
jest.setTimeout(30 * 60_000);

test("npm run bench measures contenders that write the same objects", async () => {
  const sizes = [5, 100];
  const { runs } = await inTemporaryFolder("bench", (folder, ended) =>
    measureSynth(folder, sizes, { rounds: 1, say: (line) => process.stderr.write(`${line}\n`), ended }),
  );
  expect(runs).toMatchObject(sizes.map((services) => ({ services })));
});
