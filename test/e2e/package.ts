import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { execa } from "execa";
import { load } from "js-yaml";
import { kitRoot } from "../../tools/shop-root.ts";
import { blocksOf } from "../docs/markdown.ts";
import { type Outcome, runAt, succeeded } from "./checkout.ts";
import type { Scene } from "./scene.ts";

/** The rule that the page on rules of one's own shows. */
const ownRule =
  blocksOf("docs/tasks/write-a-policy.md").find(({ mark }) => mark.startsWith("file "))?.text ?? "";

// What Jest gives its own Node is not for the shop's.
const ownNode = { NODE_OPTIONS: "" };

/** As far as it is looked at. */
interface Deployment {
  readonly spec: {
    readonly template: {
      readonly spec: { readonly containers: readonly { readonly env?: readonly object[] }[] };
    };
  };
}

/** The workflow of a new shop, as far as its steps are run. */
interface Workflow {
  readonly jobs: {
    readonly check: { readonly steps: readonly { readonly name?: string; readonly run?: string }[] };
  };
}

/** The packed kit, installed in an empty folder as a stranger would; its shop goes to the cluster that runs. */
export function packedKit(scene: () => Scene): void {
  let temporary: string;
  let tarball: string;
  let shop: string;
  const run = (command: string, ...args: string[]): Promise<Outcome> =>
    runAt(shop, ownNode, command, ...args);

  beforeAll(async () => {
    temporary = await mkdtemp(join(tmpdir(), "pv-shop-"));
    shop = join(temporary, "my-shop");
    await mkdir(shop);
    tarball = succeeded(
      await runAt(kitRoot, {}, process.execPath, "tools/pack.ts", join(temporary, "pack")),
    ).stdout;
    succeeded(await run("npm", "install", "--save-exact", "--no-audit", "--no-fund", tarball));
    succeeded(await run("npx", "pressurevalve", "init", "--yes"));
    succeeded(await run("npm", "install", "--no-audit", "--no-fund"));
  });

  afterAll(() => rm(temporary, { recursive: true, force: true }));

  test("makes a shop that passes its own test, and whose production can be previewed and judged, by its own rules as well", async () => {
    succeeded(await run("npm", "test"));
    succeeded(await run("npx", "pulumi", "stack", "init", "production", "--no-select"));
    const pack = "node_modules/pressurevalve/policies";
    const preview = () => run("npx", "pulumi", "preview", "-s", "production", "--policy-pack", pack);
    const { stdout } = succeeded(await preview());
    expect(stdout).toMatch(/Deployment deployment\/production-catalogue\/catalogue create/);
    expect(stdout).toContain("is a placeholder; write the digest of your image");
    expect(stdout).toMatch(/Policies:\n.*pressurevalve/);

    const folder = join(shop, "policies");
    await mkdir(folder);
    await writeFile(join(folder, "cost-centre.ts"), ownRule);
    const refused = await preview();
    expect(refused.exitCode).not.toBe(0);
    expect(refused.stdout + refused.stderr).toMatch(
      /\[mandatory\].* cost-centre .*\n.*Namespace production-catalogue: the label example.com\/cost-centre is missing/,
    );
    await writeFile(join(folder, "cost-centre.ts"), ownRule.replace("object.metadata", "objekt.metadata"));
    const broken = await preview();
    expect(broken.exitCode).not.toBe(0);
    expect(broken.stdout + broken.stderr).toMatch(/policies\/cost-centre.ts: .*Unknown variable: objekt/);
    await rm(folder, { recursive: true });
  });

  test("is brought up, with a stand-in for the image that is yet to be built, and then nothing is due", async () => {
    const { checkout } = scene();
    const { stdout: archives } = succeeded(await run("npx", "pressurevalve", "start", "--archive"));
    for (const [, archive = ""] of archives.matchAll(/^kind load image-archive (\S+\/stand-in-\S+)$/gm))
      succeeded(await checkout.run(process.execPath, "--eval", importing(archive)));
    const { stdout } = succeeded(
      await run("npm", "start", "--", "--kubeconfig", checkout.kubeconfigFile, "--context", "pressurevalve"),
    );
    expect(stdout).toMatch(/^catalogue +[0-9a-f]+ +(\d+)\/\1 +healthy/m);
    succeeded(await run("npx", "pulumi", "preview", "-s", "dev", "--expect-no-changes"));
  });

  test("has its service deployed alone, and goes as a whole", async () => {
    const { cluster } = scene();
    await edit((text) =>
      text.replace(/^ {2}owner:/m, '  configuration: { env: { RELEASE: "alone" } },\n  owner:'),
    );
    succeeded(await run("npm", "run", "deploy", "--", "dev", "catalogue"));
    const { spec } = await cluster.get<Deployment>("deployment", "-n", "dev-catalogue", "catalogue");
    expect(spec.template.spec.containers[0]?.env).toContainEqual({ name: "RELEASE", value: "alone" });
    for (const stack of ["dev", "dev-platform"])
      succeeded(await run("npx", "pulumi", "destroy", "-s", stack, "--yes", "--skip-preview"));
    const left = await cluster.kubectl("get", "namespaces,validatingadmissionpolicies", "-o", "name");
    expect(left).not.toMatch(/catalogue|pressurevalve-dev/);
  });

  test("its workflow checks and compares, as its first pull request and a later one would have it", async () => {
    succeeded(await git("init", "-q"));
    await commit("README.md");
    expect(await told("what it changes")).toMatch(
      /^### production against .*\n\n\d+ added in 1 service; no running pod is touched/m,
    );
    await commit("--all");
    await edit((text) => text.replace("max: 10", "max: 11"));
    const later = await told("what it changes");
    expect(later).toContain("production");
    expect(later).toMatch(/maxReplicas.*\n.*10\n.*11/);
  });

  test("its workflow reviews every environment against the last commit, with a file each for code scanning and for a person", async () => {
    await edit((text) => text.replace(/max: \d+/, "max: 101"));
    await expect(told("what the policies say")).rejects.toMatchObject({ exitCode: 2 });
    await rm(join(shop, "review"), { recursive: true });
    await edit((text) => text.replace("max: 101", "max: 11"));
    const review = await told("what the policies say");
    for (const environment of ["dev", "staging", "production"]) {
      expect(review).toMatch(new RegExp(`^### ${environment} against .*: nothing to mend`, "m"));
      const { runs } = JSON.parse(await readFile(join(shop, `review/${environment}.sarif`), "utf8"));
      expect(runs).toMatchObject([{ automationDetails: { id: `pressurevalve-policies/${environment}/` } }]);
      expect(await readFile(join(shop, `review/${environment}.html`), "utf8")).toContain("<!doctype html>");
    }
    await rm(join(shop, "review"), { recursive: true });
  });

  test("shows what another version changes, and upgrades only where no pod restarts unasked", async () => {
    const quiet = await version("0.1.1-quiet", (source) => source);
    const loud = await version("0.1.1-loud", (source) =>
      source.replace("shutdown.marginSeconds,", "shutdown.marginSeconds + 5,"),
    );
    const before = await readFile(join(shop, "package.json"), "utf8");

    const shown = await run("npx", "pressurevalve", "upgrade", loud, "--diff", "--exit-code");
    expect(shown.exitCode).toBe(2);
    expect(shown.stdout).toContain("terminationGracePeriodSeconds");
    expect(shown.stdout).toMatch(
      /production, 0\.1\.0 to 0\.1\.1-loud: .*running pods are touched in catalogue/,
    );
    const refused = await run("npx", "pressurevalve", "upgrade", loud);
    expect(refused.exitCode).toBe(2);
    expect(refused.stderr).toContain(
      "the upgrade restarts pods (dev: catalogue; staging: catalogue; production: catalogue), and was not made; " +
        "ask for it with --restart-pods",
    );
    expect(await readFile(join(shop, "package.json"), "utf8")).toBe(before);

    succeeded(await run("npx", "pressurevalve", "upgrade", quiet));
    expect((await run("npx", "pressurevalve", "--version")).stdout).toBe("0.1.1-quiet");
  });

  function git(...args: string[]): Promise<Outcome> {
    return run("git", "-c", "user.name=x", "-c", "user.email=x@x.example", ...args);
  }

  async function commit(what: string): Promise<void> {
    succeeded(await git("add", what));
    succeeded(await git("commit", "-qm", `adds ${what}`));
  }

  /** What a step of the workflow tells of a pull request against the last commit. */
  async function told(step: string): Promise<string> {
    const { jobs } = load(await readFile(join(shop, ".github/workflows/ci.yaml"), "utf8")) as Workflow;
    const script = jobs.check.steps.find(({ name }) => name === step)?.run;
    if (script === undefined) throw new Error(`the workflow has no step ${step}`);
    const { stdout: base } = succeeded(await git("rev-parse", "HEAD"));
    const summary = join(await mkdtemp(join(temporary, "told-")), "summary.md");
    await execa("bash", ["-e"], {
      cwd: shop,
      input: script,
      env: { ...ownNode, BASE: base, GITHUB_STEP_SUMMARY: summary },
    });
    return readFile(summary, "utf8");
  }

  async function edit(replace: (description: string) => string): Promise<void> {
    const file = join(shop, "services/catalogue.ts");
    await writeFile(file, replace(await readFile(file, "utf8")));
  }

  /** Packs the kit as that version, its workload being another. */
  async function version(name: string, change: (workload: string) => string): Promise<string> {
    const folder = join(temporary, name);
    await mkdir(folder);
    await execa("tar", ["-xzf", tarball, "-C", folder]);
    const adapt = async (path: string, replace: (text: string) => string) => {
      const file = join(folder, "package", path);
      await writeFile(file, replace(await readFile(file, "utf8")));
    };
    await adapt("package.json", (text) => text.replace(/"version": ".*"/, `"version": "${name}"`));
    await adapt("constructs/kubernetes/workload.js", change);
    await execa("npm", ["pack", "./package"], { cwd: folder });
    return join(folder, `pressurevalve-${name}.tgz`);
  }
}

/** A program that brings an image to the checkout's cluster, in the place of a registry. */
function importing(archive: string): string {
  return `import("./tools/cluster/index.ts").then(({ importImage }) => importImage(${JSON.stringify(archive)}))`;
}
