import { afterEach, beforeEach, expect, jest, test } from "@jest/globals";
import { seldom } from "../../../tools/toolchain/seldom.ts";

const terminal = process.stderr.isTTY;
beforeEach(() => void jest.useFakeTimers());
afterEach(() => {
  jest.useRealTimers();
  process.stderr.isTTY = terminal;
});

test.each([
  [true, 500],
  [false, 5000],
])("on a terminal (%p) a line every %d ms shows progress, and those between are not even made", (isTTY, interval) => {
  process.stderr.isTTY = isTTY;
  const said: string[] = [];
  const sometimes = seldom((line) => said.push(line));
  let made = 0;
  const line = () => `line ${++made}`;
  sometimes(line);
  jest.advanceTimersByTime(interval);
  sometimes(line);
  sometimes(line);
  jest.advanceTimersByTime(interval - 1);
  sometimes(line);
  jest.advanceTimersByTime(1);
  sometimes(line);
  expect(said).toEqual(["line 1", "line 2"]);
});
