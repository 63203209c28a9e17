import { createInterface } from "node:readline";
import { execa } from "execa";
import { Fault } from "../fault.ts";
import {
  goVersionFor,
  linkerFlags,
  moduleRoot,
  type Program,
  type ProgramName,
  programs,
} from "./program.ts";

type OnLine = (line: string) => void;

/**
 * Runs `go` for a program, in its module; `onLine` gets each line of its messages.
 *
 * @throws Fault when Go is missing or too old, or fails
 */
export async function go(
  name: ProgramName,
  args: readonly string[],
  onLine: OnLine = () => {},
): Promise<string> {
  const folder = moduleRoot(name);
  const env = { CGO_ENABLED: "0", GOTOOLCHAIN: "local", GOFLAGS: "-buildvcs=false -trimpath" };
  const running = execa("go", args, {
    cwd: folder,
    env,
    reject: false,
    stdin: "ignore",
    buffer: { stderr: false },
  });
  const last: string[] = [];
  for await (const line of createInterface({ input: running.stderr })) {
    onLine(line);
    last.push(line);
    if (last.length > 15) last.shift();
  }
  const { code, failed, stdout } = await running;
  if (code === "ENOENT") throw await goMissing(name);
  if (failed) throw goFailed(`go ${commandOf(args)} in ${folder}`, [...last, ...errorIn(stdout)]);
  return stdout;
}

/** `mod download` of `mod download -json …`: what stands before the first option. */
export function commandOf(args: readonly string[]): string {
  const option = args.findIndex((arg) => arg.startsWith("-"));
  return args.slice(0, option === -1 ? args.length : option).join(" ");
}

/** What Go says with `-json`, in place of a message. */
function errorIn(stdout: string): string[] {
  const [, error] = /^\s*"Error": (".*"),?$/m.exec(stdout) ?? [];
  return error ? [JSON.parse(error)] : [];
}

function goFailed(what: string, words: readonly string[]): Fault {
  const isUnreachable = words.some((line) => /\bGet "https?:/.test(line));
  const remedy = isUnreachable ? [unreachable] : [];
  return new Fault([`${what} failed:`, ...words, ...remedy].join("\n"), 3);
}

const unreachable =
  "Go modules are wanted from there; behind a proxy set HTTPS_PROXY, with a mirror of your own GOPROXY, and run the same command again";

/** The version of the Go on PATH, such as `1.26.8`; undefined without one. */
export async function goVersion(): Promise<string | undefined> {
  const { failed, stdout } = await execa("go", ["env", "GOVERSION"], { reject: false });
  return failed ? undefined : stdout.trim().replace(/^go/, "");
}

/** Builds a program; `onPackage` gets the import path of each package as it is compiled. */
export async function build(name: ProgramName, output: string, onPackage: OnLine): Promise<void> {
  await go(name, buildArgs(name, await linkerFlags(name), ["-v"], output), onPackage);
}

/**
 * The packages that a build of the program would compile now, because Go's cache lacks them. Each is named by its
 * source with the module's version, so that programs which share one name it alike. Modules that this machine lacks
 * are downloaded for it, and `onModule` gets each one.
 */
export async function packagesToCompile(name: ProgramName, onModule: OnLine): Promise<Set<string>> {
  const packages = new Set<string>();
  await go(name, buildArgs(name, await linkerFlags(name), ["-n"], "/dev/null"), (line) => {
    const compiled = compiledPackage(line);
    if (compiled) packages.add(compiled === "main" ? `${name} main` : compiled);
    else if (line.startsWith("go: downloading ")) onModule(line.slice("go: downloading ".length));
  });
  return packages;
}

/** The package that a line of `go build -n` compiles. The rewritten path (`-trimpath`) holds the module's version. */
export function compiledPackage(line: string): string | undefined {
  const [, path] = /\/compile .*? -p (\S+)/.exec(line) ?? [];
  if (path === undefined || path === "main") return path;
  return / -trimpath "[^"=]*=>([^;"]+);/.exec(line)?.[1] ?? path;
}

function buildArgs(name: ProgramName, linker: string, flags: readonly string[], output: string): string[] {
  const { package: mainPackage, tags = [] }: Program = programs[name];
  return ["build", ...flags, "-tags", tags.join(","), "-ldflags", linker, "-o", output, mainPackage];
}

async function goMissing(name: ProgramName): Promise<Fault> {
  const version = await goVersionFor([name]);
  return new Fault(
    `${name} has to be built, and go is not on PATH; install Go ${version} or newer (https://go.dev/dl) and run the command again`,
    3,
  );
}
