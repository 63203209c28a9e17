import fc from "fast-check";
import {
  ApiReference,
  Cpu,
  call,
  Duration,
  type Environment,
  type GraphqlApi,
  type GrpcMethodName,
  type GrpcMethods,
  get,
  graphql,
  grpc,
  JsonPatch,
  type Manifest,
  ProblemsError,
  postgres,
  type RequestClasses,
  type RequestName,
  render,
  resolve,
  rest,
  type Service,
  type ServiceDescription,
  Size,
  service,
} from "../../constructs/index.ts";
import { pitfallIds } from "../../constructs/model/pitfalls/ids.ts";
import type { Importance } from "../../constructs/model/shedding.ts";
import { services as mountainPass } from "../../services/index.ts";
import { environments } from "../../stacks/environments.ts";
import { inMesh, withoutMesh } from "./example.ts";

/** Services of which some were changed at random, and where they are to go. */
export interface MutatedShop {
  readonly services: readonly Service[];
  readonly environment: Environment;
}

/** Whether a shop carries patches: what those make of an object is up to their writer. */
function isPatched({ services }: MutatedShop): boolean {
  return services.some(
    ({ description }) => Array.isArray(description?.patches) && description.patches.length > 0,
  );
}

/** The first shops that the model accepts, always the same ones; none of them is patched. */
export function acceptedShops(count: number): MutatedShop[] {
  const accepted: MutatedShop[] = [];
  for (let seed = 1; accepted.length < count; seed += 1) {
    const sample = fc.sample(mutatedShops(), { seed, numRuns: 100 });
    accepted.push(...sample.filter((shop) => !isPatched(shop) && isAccepted(shop)));
  }
  return accepted.slice(0, count);
}

function isAccepted(shop: MutatedShop): boolean {
  try {
    manifestsOf(shop);
    return true;
  } catch (error) {
    if (error instanceof ProblemsError) return false;
    throw error;
  }
}

/** Every object of a shop. @throws ProblemsError when the model refuses the shop. */
export function manifestsOf({ services, environment }: MutatedShop): Manifest[] {
  return render(resolve(services, environment)).flatMap(({ manifests }) => manifests);
}

const everywhere = Object.values(environments).flatMap((environment) => [
  withoutMesh(environment),
  inMesh(environment),
]);

/** Shops of one to four services with up to three changes anywhere in them. */
export function mutatedShops(): fc.Arbitrary<MutatedShop> {
  return fc
    .record({
      services: fc.oneof(mountainPassServices, generatedServices),
      environment: fc.constantFrom(...everywhere),
      databaseSize: fc.option(fc.integer({ min: 1, max: 1024 }).map(Size.gibibytes), { nil: undefined }),
      mutations: fc.array(mutation, { maxLength: 3 }),
    })
    .map(({ services, environment, databaseSize, mutations }) => {
      const mutated = mutations.reduce(applied, services.map(unfolded)).map(folded);
      return { services: mutated, environment: sized(adapted(environment, mutated), mutated, databaseSize) };
    });
}

/** The environment with an image for every name, and sizes only for services that are there. */
function adapted(environment: Environment, services: readonly Service[]): Environment {
  const [image = ""] = Object.values(environment.images);
  const names = services.map((described) => described?.name).filter((name) => typeof name === "string");
  return {
    ...environment,
    images: Object.fromEntries([...names, ...labels].map((name) => [name, image])),
    sizing: Object.fromEntries(Object.entries(environment.sizing).filter(([name]) => names.includes(name))),
  };
}

/** The environment with a size of its own for the first service's database, where it has one. */
function sized(environment: Environment, [first]: readonly Service[], databaseSize?: Size): Environment {
  if (databaseSize === undefined || !first?.description?.database) return environment;
  // A name of blanks is reported as no name at all, and so must not stand in the sizing.
  if (typeof first.name !== "string" || first.name.trim() === "") return environment;
  const sizing = { ...environment.sizing[first.name], databaseSize };
  return { ...environment, sizing: { ...environment.sizing, [first.name]: sizing } };
}

/** A service as plain data, its calls unfolded so that they can be changed as well. */
interface Unfolded {
  readonly name: unknown;
  readonly description: unknown;
}

function unfolded({ name, description }: Service): Unfolded {
  const { calls, ...rest } = description;
  return { name, description: { ...rest, ...(calls && { calls: calls() }) } };
}

function folded({ name, description }: Unfolded): Service {
  const { calls } = (description ?? {}) as { calls?: unknown };
  const refolded = Array.isArray(calls) ? { ...(description as object), calls: () => calls } : description;
  return service(name as string, refolded as ServiceDescription);
}

// ---- where services come from

const mountainPassServices = fc
  .subarray(mountainPass, { minLength: 1 })
  .map((chosen) => [
    ...new Set(
      chosen.flatMap((one) => [one, ...mountainPass.filter(({ name }) => callees(one).includes(name))]),
    ),
  ]);

function callees({ description }: Service): string[] {
  return (description.calls?.() ?? []).map(({ api }) => api.service);
}

/** Names that collide with what the kit makes itself, and a few plain ones. */
const labels = [
  "database",
  "dns",
  "service",
  "job",
  "smoke-test",
  "smoke-test-service",
  "a",
  "z9",
  "order",
  "a-service-of-thirty-characters",
];

const seconds = (min: number, max: number) =>
  fc.integer({ min, max }).map((count) => Duration.seconds(count));
const args = fc.array(fc.string(), { minLength: 1, maxLength: 3 });
const path = fc.constantFrom("/", "/health", "/a/b?c=d", "/%20", "/$(PORT)");
const optional: { requiredKeys: [] } = { requiredKeys: [] };

// All agree with each other, so that calls are more than a refusal.
const plainApi = fc.record({
  port: fc.integer({ min: 1024, max: 65535 }),
  callers: fc.constant(labels),
});

const importance = fc.constantFrom<Importance>("critical", "normal", "sheddable");

const requests = fc.dictionary(
  fc.constantFrom<RequestName>("GET /", "GET /a/{b}", "PUT /a/{b}", "POST /a", "POST /a/{b}/*", "GET /a/*"),
  fc.record({ idempotent: fc.boolean(), importance }, optional),
  { minKeys: 1 },
) as fc.Arbitrary<RequestClasses>;

const methods = fc.dictionary(
  fc.constantFrom<GrpcMethodName>("A/B", "a.A/B", "a.A/*", "a.b.c1.D_2/E_f"),
  fc.constantFrom(
    {},
    { idempotent: true },
    { idempotent: false },
    { streaming: true },
    { importance: "critical" as const },
  ),
  { minKeys: 1 },
) as fc.Arbitrary<GrpcMethods>;

const plainGraphql = fc
  .tuple(
    plainApi,
    fc.record({ path: fc.constantFrom("/graphql", "/a/b-c.d~e", "/_") }, optional) as fc.Arbitrary<
      Pick<GraphqlApi, "path">
    >,
  )
  .map(both);

/** What only a mesh renders. */
const policy = {
  concurrency: fc.integer({ min: 1, max: 10_000 }),
  circuitBreaker: fc.record(
    { consecutive5xxErrors: fc.integer({ min: 1, max: 100 }), baseEjectionTime: seconds(1, 300) },
    optional,
  ),
  retryBudget: fc.double({ min: 0.01, max: 1, noNaN: true }),
  warmup: seconds(1, 900),
  // As long as callers wait, or shorter.
  deadline: fc.integer({ min: 10, max: 1000 }).map(Duration.millis),
};

/** Seldom, for two services of a shop must not have the same. */
const publicApi = fc.record({
  public: fc.uniqueArray(fc.constantFrom<RequestName>("GET /a", "GET /b/{c}", "POST /d/*", "PUT /e/{f}"), {
    minLength: 1,
    maxLength: 2,
  }),
});

function both<One, Other>([one, other]: [One, Other]): One & Other {
  return { ...one, ...other };
}

/** An API that says nothing of the mesh, or what it may. */
function saidOrNot<Plain extends object, Meshed extends object>(
  plain: fc.Arbitrary<Plain>,
  meshed: fc.Arbitrary<Meshed>,
): fc.Arbitrary<Plain | (Plain & Meshed)> {
  return fc.oneof(
    { weight: 3, arbitrary: plain },
    { weight: 1, arbitrary: fc.tuple(plain, meshed).map(both) },
  );
}

// ---- what is put in the place of what was there

const oddStrings = [
  "",
  " ",
  "a",
  "A",
  "-a",
  "a-",
  "ordr",
  "order",
  "3000",
  "true",
  "1_000",
  "0x10",
  "~",
  "a: b",
  "../x",
  "..",
  "/x",
  "//x",
  "/%zz",
  "/a b",
  "*/15 * * * *",
  "0 0 30 2 *",
  "60 * * * *",
  "@daily",
  "* * * * * *",
  "*/0 * * * *",
  "1-0 * * * *",
  "$(PORT)",
  "$$",
  "$" + "{x}",
  "a\nb",
  "\t",
  "\u0000",
  "\u001b[31m",
  "\u2028",
  "\ud800",
  "zażółć",
  "🏔️",
  "__proto__",
  "constructor",
  "toString",
  "x".repeat(31),
  "x".repeat(64),
  "x".repeat(70_000),
  "autoscaled",
  "fixed",
  "rolling",
  "blue-green",
  "kind",
];

const text = fc.oneof(fc.constantFrom(...oddStrings), fc.string({ unit: "binary", maxLength: 20 }));

const oddNumbers = [
  0,
  -0,
  1,
  -1,
  2,
  3,
  10,
  11,
  80,
  1000,
  1001,
  1023,
  1024,
  65535,
  65536,
  0.5,
  0.01,
  0.009,
  1.5,
  2 ** 31,
  2 ** 53,
  1e300,
  NaN,
  Infinity,
  -Infinity,
];

const number = fc.oneof(fc.constantFrom(...oddNumbers), fc.integer({ min: 1, max: 70_000 }), fc.double());

const amount = fc.oneof(
  number
    .filter((value) => !(value < 0))
    .chain((value) =>
      fc
        .constantFrom(
          () => Duration.millis(value),
          () => Duration.seconds(value),
          () => Duration.hours(value),
          () => Size.mebibytes(value),
          () => Size.kibibytes(value),
          () => Size.gibibytes(value),
          () => Cpu.millis(value),
          () => Cpu.units(value),
        )
        .map((make) => make()),
    ),
  fc.constantFrom(
    Object.create(Duration.prototype),
    Object.create(Size.prototype),
    Object.create(Cpu.prototype),
  ),
);

const patch = fc.record({
  kind: fc.constantFrom("Deployment", "Rollout", "Service", "Namespace", "Pod", ""),
  name: fc.constantFrom(...labels),
  operations: fc.array(
    fc.oneof(
      fc
        .constantFrom(
          "/spec",
          "",
          "/",
          "/metadata",
          "/metadata/name",
          "/metadata/annotations",
          "/kind",
          "/spec/replicas",
          "/a/b",
          "no pointer",
          "/__proto__/x",
          "/spec/template/spec/containers/0/args/-",
        )
        .chain((pointer) =>
          fc.constantFrom(
            JsonPatch.replace(pointer, 5),
            JsonPatch.remove(pointer),
            JsonPatch.add(pointer, {}),
            JsonPatch.test(pointer, 1),
            JsonPatch.copy("/spec", pointer),
            JsonPatch.move(pointer, "/x"),
            JsonPatch.add(pointer, cyclic()),
            JsonPatch.add(pointer, undefined),
          ),
        ),
      fc.constant(JsonPatch.add("/metadata/labels/x", "y")),
    ),
    { maxLength: 2 },
  ),
  reason: fc.constantFrom("because", ""),
});

function cyclic(): object {
  const value: { self?: object } = {};
  value.self = value;
  return value;
}

const description = (): fc.Arbitrary<ServiceDescription> =>
  fc
    .record(
      {
        owner: fc.constantFrom(...labels),
        image: fc.constantFrom(...labels),
        api: fc.oneof(
          {
            weight: 4,
            arbitrary: saidOrNot(plainApi, fc.record({ requests, ...policy }, optional)).map(rest),
          },
          {
            weight: 1,
            arbitrary: saidOrNot(plainApi, fc.record({ requests: methods, ...policy }, optional)).map(grpc),
          },
          { weight: 1, arbitrary: fc.tuple(plainApi, publicApi).map(both).map(rest) },
          { weight: 1, arbitrary: saidOrNot(plainGraphql, fc.record(policy, optional)).map(graphql) },
        ),
        resources: fc.record(
          {
            cpu: fc.integer({ min: 1, max: 64000 }).map(Cpu.millis),
            memory: fc.integer({ min: 16, max: 4096 }).map(Size.mebibytes),
          },
          optional,
        ),
        probes: fc.record(
          { startup: path, readiness: path, liveness: path, startupTimeout: seconds(2, 119) },
          optional,
        ),
        database: fc
          .record(
            {
              size: fc.integer({ min: 1, max: 1024 }).map(Size.gibibytes),
              migrations: fc.record({ args, deadline: seconds(10, 86400) }, { requiredKeys: ["args"] }),
            },
            optional,
          )
          .map(postgres),
        jobs: fc.dictionary(
          fc.constantFrom("nightly", "a", "migration"),
          fc.record(
            {
              schedule: fc.constantFrom("*/15 * * * *", "0 0 31 2 *", "0-59/7 1,2 * 1-12 6"),
              args,
              deadline: seconds(10, 600),
            },
            { requiredKeys: ["schedule", "args"] },
          ),
        ),
        configuration: fc.record(
          {
            env: fc.dictionary(fc.stringMatching(/^[A-Z_][A-Z0-9_]{0,9}$/), text),
            files: fc.dictionary(fc.stringMatching(/^[a-zA-Z0-9_-][-._a-zA-Z0-9]{0,9}$/), text),
          },
          optional,
        ),
        scaling: fc.oneof(
          fc.record(
            { kind: fc.constant("fixed" as const), replicas: fc.integer({ min: 3, max: 9 }) },
            { requiredKeys: ["kind"] },
          ),
          fc.record(
            {
              kind: fc.constant("autoscaled" as const),
              min: fc.integer({ min: 3, max: 9 }),
              max: fc.integer({ min: 9, max: 99 }),
              cpu: fc.double({ min: 0.01, max: 1, noNaN: true }),
            },
            { requiredKeys: ["kind", "max"] },
          ),
        ),
        rollout: fc.oneof(
          fc.constant({ kind: "rolling" } as const),
          fc.record(
            {
              kind: fc.constant("blue-green" as const),
              smokeTest: fc.array(path.map(get), { maxLength: 3 }),
              promotion: fc.oneof(
                fc.constant({ kind: "manual" as const }),
                fc.record(
                  { kind: fc.constant("automatic" as const), after: seconds(1, 3600) },
                  { requiredKeys: ["kind"] },
                ),
              ),
              keepBlue: seconds(30, 86400),
            },
            { requiredKeys: ["kind"] },
          ),
        ),
        waivers: fc.uniqueArray(
          fc.record(
            {
              pitfall: fc.constantFrom(...pitfallIds),
              reason: fc.constantFrom("because", "a: b", "🏔️"),
              until: fc.constantFrom("2026-11-21", "2199-12-31"),
            },
            { requiredKeys: ["pitfall", "reason"] },
          ),
          { selector: ({ pitfall }) => pitfall, maxLength: 6 },
        ),
      },
      { requiredKeys: ["owner", "api"] },
    )
    .map(inItsProtocol);

/** What is asked over HTTP is asked of a gRPC API in its own words, or else nearly all of them would be refused. */
function inItsProtocol(described: ServiceDescription): ServiceDescription {
  const { api, probes, rollout } = described;
  if (api.kind !== "grpc") return described;
  return {
    ...described,
    ...(probes && { probes: { ...probes, startup: "", readiness: "a.B", liveness: "a-liveness" } }),
    ...(rollout && { rollout: { ...rollout, ...("smokeTest" in rollout && { smokeTest: [] }) } }),
  };
}

const someDescription = fc
  .record({
    description: description(),
    patches: fc.oneof(
      { weight: 9, arbitrary: fc.constant(undefined) },
      { weight: 1, arbitrary: fc.array(patch, { minLength: 1, maxLength: 2 }) },
    ),
  })
  .map(({ description, patches }) => ({ ...description, ...(patches && { patches }) }));

const generatedServices = fc
  .record({
    names: fc.subarray(labels, { minLength: 1, maxLength: 3 }),
    descriptions: fc.array(someDescription, { minLength: 3, maxLength: 3 }),
    called: fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }),
  })
  .map(({ names, descriptions, called }) =>
    names.map((name, index) => {
      // Each calls only what follows it, so that no cycle makes them all worthless.
      const callees = names.filter((_, other) => other > index && called[other]);
      const calls = () =>
        callees.map((callee) => {
          const reads = readsOf(descriptions[names.indexOf(callee)]);
          return call(new ApiReference(callee), {
            timeout: Duration.seconds(1),
            ...(reads.length > 0 && { requests: reads, degraded: { body: { items: [{ count: 0 }] } } }),
          });
        });
      return service(name, { ...(descriptions[index] as ServiceDescription), calls });
    }),
  );

/** What a static answer can stand in for. */
function readsOf(description: ServiceDescription | undefined): RequestName[] {
  if (description?.api.kind !== "rest") return [];
  const requests = Object.keys(description.api.requests ?? {}) as RequestName[];
  return requests.filter((name) => name.startsWith("GET "));
}

/** Values that no description should hold; made anew each time, for a test may freeze them. */
const hostile: readonly (() => unknown)[] = [
  () => null,
  () => undefined,
  () => true,
  () => [],
  () => ({}),
  () => [[]],
  () => new Array(3),
  () => [undefined, 1],
  () => Object.create(null),
  () =>
    Object.create(null, {
      x: {
        get: () => {
          throw new Error("getter");
        },
        enumerable: true,
      },
    }),
  () => ({
    get kind() {
      throw new Error("a getter that throws; twice\nand on two lines");
    },
  }),
  () => ({
    toString() {
      throw new Error("toString");
    },
  }),
  () => JSON.parse('{ "__proto__": "x" }'),
  () => cyclic(),
  () => Symbol("odd"),
  () => 10n,
  () => new Date(Number.NaN),
  () => new Map([["kind", "rest"]]),
  () => new Error("odd"),
  () => Promise.resolve([]),
  () => () => 1,
  () => () => [],
  () => () => {
    throw new Error("calls that throw; and go on\nand on");
  },
  () => () => {
    throw Object.create(null);
  },
  () => class Odd {},
  () => new ApiReference("order"),
  () => new ApiReference("nobody"),
  () => new ApiReference(5 as unknown as string),
  () => rest({ port: 80 }),
  () => Proxy.revocable({}, {}).proxy,
];

const replacement = fc.oneof(
  { weight: 4, arbitrary: text },
  { weight: 4, arbitrary: number },
  { weight: 3, arbitrary: amount },
  { weight: 1, arbitrary: fc.array(text, { maxLength: 3 }) },
  { weight: 1, arbitrary: fc.array(patch, { maxLength: 2 }) },
  { weight: 3, arbitrary: fc.constantFrom(...hostile).map((make) => make()) },
);

// ---- how it gets there

interface Mutation {
  /** Which of the shop's places, counted around. */
  readonly place: number;
  readonly way: "replace" | "replace alike" | "remove" | "add" | "double" | "duplicate service";
  readonly value: unknown;
  readonly key: string;
  readonly text: string;
  readonly number: number;
  readonly amount: unknown;
}

const mutation: fc.Arbitrary<Mutation> = fc.record({
  place: fc.nat(9999),
  way: fc.constantFrom(
    "replace",
    "replace alike",
    "replace alike",
    "replace alike",
    "remove",
    "add",
    "double",
    "duplicate service",
  ),
  value: replacement,
  key: fc.oneof(
    fc.constantFrom(
      "min",
      "replicas",
      "timeout",
      "kind",
      "sclaing",
      "constructor",
      "PORT",
      "SIZE",
      "a.json",
      "calls",
      "patches",
      "waivers",
    ),
    text,
  ),
  text,
  number,
  amount,
});

interface Place {
  readonly container: Record<PropertyKey, unknown>;
  readonly key: PropertyKey;
}

function applied(services: readonly Unfolded[], mutation: Mutation): Unfolded[] {
  const copies = services.map((one) => copy(one) as Unfolded);
  const places = copies.flatMap((one) => placesIn(one));
  const place = places[mutation.place % places.length];
  if (mutation.way === "duplicate service") return [...copies, ...copies.slice(0, 1)];
  if (place) change(place, mutation);
  return copies;
}

function change({ container, key }: Place, { way, value, key: name, ...alike }: Mutation): void {
  const before = container[key];
  if (way === "remove") {
    // An array then has a hole.
    delete container[key];
  } else if (way === "double" && Array.isArray(before)) container[key] = [...before, ...before];
  else if (way === "add" && Array.isArray(before)) container[key] = [...before, value];
  else if (way === "add" && isContainer(before))
    Object.defineProperty(before, name, { value, enumerable: true, configurable: true, writable: true });
  else if (way === "replace alike") container[key] = likeness(before, alike) ?? value;
  else container[key] = value;
}

/** Something else of the same type, which has the best chance to be accepted. */
function likeness(
  before: unknown,
  { text, number, amount }: Pick<Mutation, "text" | "number" | "amount">,
): unknown {
  if (typeof before === "string") return text;
  if (typeof before === "number") return number;
  return before instanceof Duration || before instanceof Size || before instanceof Cpu ? amount : undefined;
}

function placesIn(container: object): Place[] {
  return Object.keys(container).flatMap((key) => {
    const place = { container: container as Place["container"], key };
    const value = place.container[key];
    return [place, ...(isContainer(value) ? placesIn(value) : [])];
  });
}

/** Plain data that can be looked into; what is odd by now is left as it is. */
function isContainer(value: unknown): value is object {
  if (Array.isArray(value)) return true;
  if (typeof value !== "object" || value === null || isRevoked(value)) return false;
  const descriptors = Object.values(Object.getOwnPropertyDescriptors(value));
  return (
    Object.getPrototypeOf(value) === Object.prototype &&
    descriptors.every((descriptor) => "value" in descriptor && descriptor.value !== value)
  );
}

function isRevoked(value: object): boolean {
  try {
    Object.getPrototypeOf(value);
    return false;
  } catch {
    return true;
  }
}

function copy(value: unknown): unknown {
  if (!isContainer(value)) return value;
  if (Array.isArray(value)) return Array.from(value, copy);
  const copied = {};
  for (const [key, inner] of Object.entries(value))
    Object.defineProperty(copied, key, {
      value: copy(inner),
      enumerable: true,
      configurable: true,
      writable: true,
    });
  return copied;
}
