import type { ZodType } from "zod";
import type { Call } from "./calls.ts";
import type { Concern, Context, Shop } from "./concern.ts";
import { concerns } from "./concerns.ts";
import { unknownConsulEntries } from "./consul.ts";
import { type Environment, environmentProblems } from "./environment.ts";
import { externalProblems, unknownPlaces } from "./external.ts";
import { namespaceOf, serviceName } from "./names.ts";
import { didYouMean, type Problem, ProblemsError, printable } from "./problem.ts";
import { unknownRehearsals } from "./rehearsals.ts";
import type { Service, ServiceDescription } from "./service.ts";
import { type SchemaProblem, schemaProblems, stated, unreadable } from "./shape.ts";

type Concerns = typeof concerns;

/** A service as it is in one environment: nothing left open, frozen. */
export type ResolvedService = {
  readonly [Field in keyof Concerns]: ReturnType<Concerns[Field]["resolve"]>;
} & {
  readonly name: string;
  readonly namespace: string;
  readonly environment: Environment;
};

const fields = Object.entries(concerns) as [keyof Concerns, Concern<unknown, unknown>][];

/**
 * Settles what descriptions mean in an environment: defaults, names, and the rules across fields and services.
 * @throws ProblemsError with every problem of every service, or of the environment itself.
 */
export function resolve(services: readonly Service[], environment: Environment): readonly ResolvedService[] {
  const amiss = environmentProblems(environment);
  if (amiss.length > 0) throw new ProblemsError(amiss);
  const named = services.filter(isNamed);
  const problems: Problem[] = [
    ...nameless(services),
    ...duplicateNames(named),
    ...unknownSizing(named, environment),
  ];
  const descriptions = new Map<string, ServiceDescription>();
  for (const service of named) {
    const { description, found } = checkedShape(service, environment);
    problems.push(...found.map((problem) => ({ service: service.name, ...problem })));
    if (found.length === 0) descriptions.set(service.name, description);
  }
  const names = new Set(named.map(({ name }) => name));
  problems.push(...externalProblems(descriptions, names), ...unknownConsulEntries(names, environment));
  // What a description calls that cannot be read, nobody knows.
  if (descriptions.size === services.length) problems.push(...unknownPlaces(descriptions, environment));
  const callsTo = callsByCallee(descriptions);
  const resolved = [...descriptions].map(([name, description]) =>
    resolveService({ name, description, environment, descriptions, callsTo }),
  );
  const shop: Shop = {
    environment,
    names,
    services: new Map(resolved.map((service) => [service.name, service])),
  };
  problems.push(...resolved.flatMap((service) => checkService(service, shop)), ...unknownRehearsals(shop));
  if (problems.length > 0) throw new ProblemsError(problems);
  return resolved;
}

function resolveService(context: Context): ResolvedService {
  const { name, description, environment } = context;
  const settled = fields.map(([field, concern]) => [field, concern.resolve(description[field], context)]);
  return deepFreeze({
    name,
    namespace: namespaceOf(environment, name),
    environment,
    ...Object.fromEntries(settled),
  });
}

function callsByCallee(descriptions: ReadonlyMap<string, ServiceDescription>): Map<string, Call[]> {
  const calls = [...descriptions.values()].flatMap(({ calls }) => calls?.() ?? []);
  return Map.groupBy(
    calls.filter(({ api }) => api.external === undefined),
    ({ api }) => api.service,
  );
}

function checkService(service: ResolvedService, shop: Shop): Problem[] {
  return fields.flatMap(([, concern]) =>
    (concern.check?.(service, shop) ?? []).map((problem) => ({ service: service.name, ...problem })),
  );
}

/** A description as it is in an environment, and what its schemas say against it. */
function checkedShape(service: Service, environment: Environment) {
  const { name, description } = service;
  try {
    return {
      description: withSizing(description, name, environment),
      found: [
        ...schemaProblems("name", serviceName, name),
        ...descriptionProblems(description),
        ...sizingProblems(service, environment),
      ],
    };
  } catch (error) {
    return { description, found: [unreadable("description", error)] };
  }
}

function descriptionProblems(description: unknown): SchemaProblem[] {
  if (typeof description !== "object" || description === null || Array.isArray(description)) {
    const stands = stated(description, "must be an object");
    return [{ field: "description", ...stands, remedy: "describe the service" }];
  }
  const described = description as Record<string, unknown>;
  return [
    ...unknownFields(described),
    ...fields.flatMap(([field]) => fieldProblems(field, described[field])),
  ];
}

/** What the schemas say against an environment's sizes; what they come upon counts only where it is right itself. */
function sizingProblems({ name, description }: Service, environment: Environment): SchemaProblem[] {
  const described = Object.entries(description ?? {});
  const right = Object.fromEntries(
    described.filter(([field, value]) => isField(field) && fieldProblems(field, value).length === 0),
  ) as unknown as ServiceDescription;
  const sized = withSizing(right, name, environment);
  return fields
    .filter(([field]) => sized[field] !== right[field])
    .flatMap(([field]) => fieldProblems(field, sized[field]))
    .map((problem) => ({ ...problem, field: `sizing of ${environment.name}: ${problem.field}` }));
}

function fieldProblems(field: keyof Concerns, value: unknown): SchemaProblem[] {
  return schemaProblems(field, concerns[field].schema as ZodType, value);
}

function isField(name: string): name is keyof Concerns {
  return Object.hasOwn(concerns, name);
}

function unknownFields(description: Record<string, unknown>): SchemaProblem[] {
  return Object.keys(description)
    .filter((field) => !isField(field))
    .map((field) => ({
      field: printable(field),
      rule: "is no field of a service",
      remedy: didYouMean(field, Object.keys(concerns), "take it out"),
    }));
}

function isNamed(service: Service | undefined): service is Service {
  return typeof service?.name === "string" && service.name.trim() !== "";
}

/** What stands in a list of services and has no name. It is known by its place in the list. */
export function nameless(services: readonly Service[]): Problem[] {
  return Array.from(services).flatMap((service, index) =>
    isNamed(service)
      ? []
      : {
          service: `services[${index}]`,
          field: "name",
          ...stated((service as Service | undefined)?.name, "must be a DNS label"),
          remedy: "make it with service(name, description)",
        },
  );
}

function duplicateNames(services: readonly Service[]): Problem[] {
  const repeated = services.filter(
    ({ name }, index) => services.findIndex((other) => other.name === name) < index,
  );
  return repeated.map(({ name }) => ({
    service: name,
    field: "name",
    value: name,
    rule: "but another service has this name",
    remedy: "rename one of them",
  }));
}

/** The description with the environment's own sizes in place of the described ones. */
export function withSizing(
  description: ServiceDescription,
  name: string,
  { sizing }: Environment,
): ServiceDescription {
  if (!Object.hasOwn(sizing, name) || typeof description !== "object" || description === null)
    return description;
  const { resources, databaseSize, scaling } = sizing[name] ?? {};
  return {
    ...description,
    ...(resources && { resources: { ...description.resources, ...resources } }),
    ...(scaling && { scaling }),
    ...(description.database &&
      databaseSize && { database: { ...description.database, size: databaseSize } }),
  };
}

function unknownSizing(services: readonly Service[], { name: environment, sizing }: Environment): Problem[] {
  const byName = new Map(services.map((service) => [service.name, service]));
  return Object.entries(sizing).flatMap(([name, { databaseSize }]): Problem[] => {
    const field = `sizing of ${environment}`;
    const service = byName.get(name);
    if (service === undefined) {
      return [
        {
          service: name,
          field,
          rule: "names no service",
          remedy: didYouMean(name, byName.keys(), "take it out"),
        },
      ];
    }
    if (databaseSize !== undefined && service.description?.database === undefined) {
      return [
        {
          service: name,
          field: `${field}: databaseSize`,
          rule: "is set, but the service has no database",
          remedy: "take it out",
        },
      ];
    }
    return [];
  });
}

/** What is frozen all the way down; a value that its writer froze may hold others that are not. */
const frozen = new WeakSet<object>();

function deepFreeze<Value>(value: Value): Value {
  if (typeof value === "object" && value !== null && !frozen.has(value)) {
    frozen.add(Object.freeze(value));
    Object.values(value).forEach(deepFreeze);
  }
  return value;
}
