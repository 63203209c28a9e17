import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { readCommandLine } from "../../../tools/pulumi/command-line.ts";

const deployments = ["up", "update", "destroy", "down", "dn", "refresh", "import", "watch"];

test.each(deployments)("%s deploys", (command) => {
  expect(readCommandLine([command])).toEqual({ use: "deployment", stacks: [], cwd: undefined });
});

test.each([
  ["preview"],
  ["pre"],
  ["state", "delete", "urn:pulumi:dev::shop::a"],
  ["state", "repair"],
  ["stack", "rename", "qa"],
  ["stack", "change-secrets-provider", "passphrase"],
  ["stack", "rm", "dev", "--yes"],
  ["stack", "remove"],
])("%s %s reads the state, or rewrites it", (...args) => {
  expect(readCommandLine(args).use).toBe("state");
});

test.each([
  [["stack", "ls"]],
  [["stack", "import", "--file", "rename"]],
  [["config", "set", "a", "b"]],
  [["version"]],
  [["neo", "deploy the shop"]],
  [["--non-interactive", "about"]],
  [["__complete", "up", ""]],
  [["--version"]],
  [[]],
])("%j does neither", (args) => {
  expect(readCommandLine(args).use).toBe("other");
});

test.each([
  ["upp"],
  ["do"],
  ["toString"],
  ["__proto__"],
  ["a-command-of-next-year"],
])("%s, which nobody here knows, counts as a deployment", (command) => {
  expect(readCommandLine([command, "-s", "dev"])).toMatchObject({ use: "deployment", stacks: ["dev"] });
});

test.each([
  [["up", "--help"], "other"],
  [["up", "-yh"], "other"],
  [["up", "-m", "-h"], "deployment"],
  [["up", "--message", "--help"], "deployment"],
  [["up", "--help=false"], "deployment"],
  [["up", "--", "--help"], "deployment"],
])("%j asks for help only where it is not a value: %s", (args, use) => {
  expect(readCommandLine(args).use).toBe(use);
});

test.each([
  [["-s", "dev", "up"], ["dev"]],
  [["--stack", "dev", "up"], ["dev"]],
  [["-C", ".", "up", "-s", "dev"], ["dev"]],
  [["--color", "never", "up", "-sdev"], ["dev"]],
  [["-v", "3", "-e", "up", "-ys", "dev"], ["dev"]],
  [["up", "-ysdev"], ["dev"]],
  [["up", "-s=dev"], ["dev"]],
  [["up", "-ys=dev"], ["dev"]],
  [["up", "-s", "organization/mountainpass/dev"], ["dev"]],
  [["up", "-s", "qa", "--stack=dev"], ["dev"]],
  [["up", "-s", ""], []],
  [["up", "--skip-preview"], []],
  [["up", "--show-sames"], []],
  [["up", "-m", "-sqa", "-s", "dev"], ["dev"]],
  [["up", "-r", "-s", "dev"], ["dev"]],
  [["up", "-f", "-s", "dev"], ["dev"]],
  [["import", "-f", "-s", "-s", "dev"], ["dev"]],
  [["up", "--", "-s", "dev"], []],
  [["stack", "rm", "dev", "--yes"], ["dev"]],
  [["stack", "-e", "remove", "-yf", "organization/mountainpass/dev"], ["dev"]],
  [["stack", "rm", "-ys", "dev"], ["dev"]],
  [["stack", "rm"], []],
  [["stack", "rename", "qa", "-s", "dev"], ["dev"]],
  [["state", "rm", "dev"], []],
  [
    ["state", "move", "--source", "dev", "--dest", "a/b/qa", "urn"],
    ["dev", "qa"],
  ],
])("%j is about %j", (args, stacks) => {
  expect(readCommandLine(args).stacks).toEqual(stacks);
});

test.each([
  [["-C", "../other", "up"], "../other"],
  [["up", "--cwd=../other"], "../other"],
  [["up", "-yC../other"], "../other"],
  [["up", "-m", "-C../other"], undefined],
])("%j runs in %s", (args, cwd) => {
  expect(readCommandLine(args).cwd).toBe(cwd);
});

/** A flag with a value, in every spelling that pflag knows; the values are such as could be mistaken for more. */
const value = fc.constantFrom("dev", "up", "-h", "--help", "-s", "-sqa", "--stack=qa", "--", "a=b", "x/y/qa");
function spelt(letter: string, name: string, word: string): fc.Arbitrary<string[]> {
  return fc.constantFrom(
    [`-${letter}`, word],
    [`-${letter}=${word}`],
    [`-${letter}${word.replace(/^=/, "")}`],
    [`--${name}`, word],
    [`--${name}=${word}`],
  );
}
const others = fc.oneof(
  value.chain((word) => spelt("m", "message", word)),
  value.chain((word) => spelt("t", "target", word)),
  value.map((word) => ["--secrets-provider", word]),
  fc.constantFrom(["-y"], ["--yes"], ["-yf"], ["-r"], ["--refresh=true"], ["-dj"], ["--show-sames"]),
);
const before = fc.oneof(
  value.map((word) => ["--color", word]),
  value.map((word) => ["-v", word]),
  value.map((word) => ["-m", word]),
  fc.constantFrom(["-e"], ["-Q"], ["--non-interactive"], ["--logtostderr"], ["--color=never"], ["-v3"]),
);

test("command and stack are found between flags of all spellings, whatever their values look like", () => {
  const stack = fc
    .constantFrom("dev", "staging")
    .chain((name) => fc.tuple(fc.constant(name), spelt("s", "stack", name)));
  const lines = fc.record({
    command: fc.constantFrom(...deployments.filter((name) => name !== "import")),
    before: fc.array(before, { maxLength: 4 }),
    stack,
    first: fc.boolean(),
    after: fc.array(others, { maxLength: 6 }),
    at: fc.nat(6),
  });
  fc.assert(
    fc.property(lines, ({ command, before, stack: [name, flag], first, after, at }) => {
      const rest = first ? after : after.toSpliced(at, 0, flag);
      const args = [...before, ...(first ? [flag] : []), [command], ...rest].flat();
      const found = readCommandLine(args);
      expect(found).toEqual({ use: "deployment", stacks: [name], cwd: undefined });
    }),
    { numRuns: 2000 },
  );
});
