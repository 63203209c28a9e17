import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, jest, test } from "@jest/globals";
import { ApiException } from "@kubernetes/client-node";
import { ProblemsError } from "../../constructs/index.ts";
import { Fault } from "../../tools/fault.ts";
import { report } from "../../tools/report.ts";
import { shopRoot } from "../../tools/shop-root.ts";

const said: unknown[] = [];

beforeEach(() => {
  said.length = 0;
  jest.spyOn(console, "error").mockImplementation((words) => void said.push(words));
});

afterEach(() => {
  jest.restoreAllMocks();
});

function reported(error: unknown): [code: number, words: unknown] {
  return [report(error), said.at(-1)];
}

test("problems of descriptions are the input's, and told without a stack", () => {
  const problem = { service: "order", field: "owner", rule: "is missing", remedy: "name a team" };
  expect(reported(new ProblemsError([problem]))).toEqual([1, "order: owner is missing; name a team"]);
});

test.each([1, 2, 3] as const)("a fault brings its exit code %i and its words", (exitCode) => {
  expect(reported(new Fault("it is so", exitCode))).toEqual([exitCode, "it is so"]);
});

test("a refusal of the API server is the environment's", () => {
  const forbidden = { kind: "Status", message: "pods is forbidden" };
  expect(reported(new ApiException(403, "", forbidden, {}))).toEqual([
    3,
    "the cluster answered 403: pods is forbidden",
  ]);
  expect(reported(new ApiException(403, "", JSON.stringify(forbidden), {}))[1]).toContain(
    "pods is forbidden",
  );
  expect(reported(new ApiException(502, "", "Bad Gateway\n", {}))[1]).toBe(
    "the cluster answered 502: Bad Gateway",
  );
});

test("a connection that does not come about is the environment's, wherever its code stands", () => {
  const refused = Object.assign(new Error("connect ECONNREFUSED 127.0.0.1:6443"), { code: "ECONNREFUSED" });
  const words = "no connection (connect ECONNREFUSED 127.0.0.1:6443); is the cluster running?";
  expect(reported(refused)).toEqual([3, words]);
  expect(reported(new TypeError("fetch failed", { cause: refused }))).toEqual([3, words]);
});

test("a connection that fails otherwise tells why", () => {
  const cause = new Error("self-signed certificate");
  expect(reported(new TypeError("fetch failed", { cause }))).toEqual([
    3,
    "no connection (self-signed certificate); is the cluster running?",
  ]);
});

test("a full disk is the environment's, whoever met it, and what is free where is said", () => {
  const met = Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
  const words =
    /^.*no space left on device.*\na disk is full; free now:\n {2}\/.*: \d+ MiB\n(.*\n)*make room and run the same command again/;
  expect(reported(met)).toEqual([3, expect.stringMatching(words)]);
  const tool = new Fault("ctr images import failed: write /x: no space left on device", 2);
  expect(reported(tool)).toEqual([3, expect.stringMatching(words)]);
});

describe("what nobody foresaw", () => {
  const thrown = new TypeError("undefined is not a function");

  test("is a defect to report, and not called the input's fault", () => {
    expect(reported(thrown)).toEqual([
      3,
      `this is a defect of PressureValve: ${thrown}\nplease report it, with what you did and this: ` +
        `node ${process.version}, ${process.platform} ${process.arch}; DEBUG=1 shows where it was`,
    ]);
  });

  test("shows its stack to whoever asks for it", () => {
    process.env.DEBUG = "1";
    try {
      expect(reported(thrown)[1]).toContain(`\n${thrown.stack}`);
    } finally {
      delete process.env.DEBUG;
    }
  });

  test.each([
    "services/order.ts",
    "stacks/environments.ts",
  ])("is the input's where it was thrown in %s", (file) => {
    const place = `at file://${join(shopRoot, file)}:12:7`;
    const error = Object.assign(new TypeError("no"), {
      stack: `TypeError: no\n    at new Map (<anonymous>)\n    ${place}`,
    });
    expect(reported(error)).toEqual([1, `${file}:12: TypeError: no`]);
  });

  test("is the kit's where it was thrown beside the shop's files", () => {
    const place = `at file://${join(shopRoot, "stacks/delivery/shop.ts")}:12:7`;
    const error = Object.assign(new TypeError("no"), { stack: `TypeError: no\n    ${place}` });
    expect(reported(error)[0]).toBe(3);
  });
});

describe("for a program", () => {
  function told(error: unknown): unknown {
    report(error, { asJson: true });
    return JSON.parse(`${said.at(-1)}`);
  }

  test("a fault is one line of JSON", () => {
    expect(told(new Fault("two\nlines", 2))).toEqual({ error: { message: "two\nlines", exitCode: 2 } });
  });

  test("problems of descriptions come one by one", () => {
    const problem = { service: "order", field: "owner", rule: "is missing", remedy: "name a team" };
    expect(told(new ProblemsError([problem]))).toEqual({
      error: { message: "order: owner is missing; name a team", exitCode: 1, problems: [problem] },
    });
  });
});
