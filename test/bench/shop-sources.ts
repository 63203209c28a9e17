import { createHash } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import type { Sketch } from "./sketch.ts";

const kit = join(import.meta.dirname, "..", "..");

/** Where the generated shop's databases are. */
export const databaseSubnets = ["10.42.64.0/20", "10.42.80.0/20", "10.42.96.0/20"];

/** The pinned image of a generated service. */
export function imageOf(name: string): { repository: string; digest: string } {
  return {
    repository: `registry.example/${name}`,
    digest: createHash("sha256").update(name).digest("hex"),
  };
}

/** Writes a shop as its teams would: one file a service, and the environments. */
export async function writeShop(folder: string, shop: readonly Sketch[]): Promise<void> {
  await mkdir(join(folder, "services"), { recursive: true });
  await mkdir(join(folder, "stacks"), { recursive: true });
  const constructs = relative(join(folder, "services"), join(kit, "constructs", "index.ts"));
  for (const sketch of shop) {
    await writeFile(
      join(folder, "services", `${sketch.name}.ts`),
      serviceSource(sketch, callersOf(sketch, shop), constructs),
    );
  }
  await writeFile(join(folder, "services", "index.ts"), indexSource(shop));
  await writeFile(join(folder, "stacks", "environments.ts"), environmentsSource(shop, constructs));
  await writeFile(join(folder, "stacks", "shop.ts"), shopSource);
  await writeFile(join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
}

function callersOf({ name }: Sketch, shop: readonly Sketch[]): string[] {
  const callers = shop.filter(({ calls }) => calls.some(({ callee }) => callee === name));
  return [...new Set(callers.map(({ owner }) => owner))].sort();
}

function serviceSource(sketch: Sketch, callers: readonly string[], constructs: string): string {
  const { name, owner, port, calls, jobs, env, files, scaling } = sketch;
  const fields = [
    `owner: ${literal(owner)}`,
    `api: rest({ port: ${port}, callers: ${literal(callers)} })`,
    `resources: { cpu: Cpu.millis(${sketch.cpuMillis}), memory: Size.mebibytes(${sketch.memoryMebibytes}) }`,
    ...(sketch.database ? [`database: ${databaseSource(sketch)}`] : []),
    ...(calls.length > 0 ? [`calls: () => [\n${calls.map(callSource).join("")}  ]`] : []),
    ...(jobs.length > 0 ? [`jobs: { ${jobs.map(jobSource).join(", ")} }`] : []),
    ...(Object.keys({ ...env, ...files }).length > 0 ? [`configuration: ${literal({ env, files })}`] : []),
    `scaling: ${literal(scaling)}`,
    ...(sketch.rollout === "blue-green" ? [`rollout: ${rolloutSource(sketch)}`] : []),
  ];
  const names = "Cpu, call, Duration, get, postgres, rest, Size, service";
  return [
    `import { ${names} } from ${literal(constructs)};`,
    ...calls.map(({ callee }) => `import { ${identifier(callee)} } from "./${callee}.ts";`),
    "",
    `export const ${identifier(name)} = service(${literal(name)}, {`,
    ...fields.map((field) => `  ${field},`),
    "});",
    "",
  ].join("\n");
}

function databaseSource({ migration }: Sketch): string {
  return migration === undefined ? "postgres()" : `postgres({ migrations: { args: ${literal(migration)} } })`;
}

function callSource({ callee, timeoutMilliseconds, attempts }: Sketch["calls"][number]): string {
  const options = `timeout: Duration.millis(${timeoutMilliseconds}), attempts: ${attempts}`;
  return `    call(${identifier(callee)}.api, { ${options} }),\n`;
}

function jobSource({ name, schedule, args }: Sketch["jobs"][number]): string {
  return `${literal(name)}: { schedule: ${literal(schedule)}, args: ${literal(args)} }`;
}

function rolloutSource({ smokeTest }: Sketch): string {
  return `{ kind: "blue-green", smokeTest: [${smokeTest.map((path) => `get(${literal(path)})`).join(", ")}] }`;
}

function indexSource(shop: readonly Sketch[]): string {
  const imports = shop.map(({ name }) => `import { ${identifier(name)} } from "./${name}.ts";\n`).join("");
  return `${imports}\nexport const services = [${shop.map(({ name }) => identifier(name)).join(", ")}];\n`;
}

function environmentsSource(shop: readonly Sketch[], constructs: string): string {
  const images = Object.fromEntries(shop.map(({ name }) => [name, reference(name)]));
  return `import { Duration, type Environment } from ${literal(constructs)};

const production: Environment = {
  name: "production",
  namespacePrefix: "production-",
  images: ${literal(images)},
  unpinnedImages: "refused",
  smokeTestImage: ${literal(reference("busybox"))},
  stores: { postgres: { kind: "managed", subnets: ${literal(databaseSubnets)} } },
  platformEdges: [
    {
      name: "dns",
      to: { namespace: "kube-system", podLabels: { "k8s-app": "kube-dns" } },
      ports: [{ protocol: "UDP", port: 53 }, { protocol: "TCP", port: 53 }],
    },
  ],
  platformCallers: [],
  mesh: { kind: "none" },
  gateway: { kind: "none" },
  minimumReplicas: 3,
  zoneSpread: "required",
  scaleDownStabilization: Duration.minutes(5),
  progressDeadline: Duration.minutes(10),
  keepBlue: Duration.minutes(30),
  sizing: {},
};

export const environments = { production };
`;
}

const shopSource = `import { services } from "../services/index.ts";
import { environments } from "./environments.ts";

export const shop = { services, environments };
`;

function reference(name: string): string {
  const { repository, digest } = imageOf(name);
  return `${repository}@sha256:${digest}`;
}

function identifier(name: string): string {
  return name.replaceAll("-", "");
}

function literal(value: unknown): string {
  return JSON.stringify(value);
}
