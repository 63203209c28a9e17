import type { ZodType } from "zod";
import type { Concern, Context, Shop } from "./concern.ts";
import { concerns } from "./concerns.ts";
import type { Environment } from "./environment.ts";
import { dnsLabel, namespaceOf } from "./names.ts";
import { didYouMean, type Problem, ProblemsError } from "./problem.ts";
import type { Service, ServiceDescription } from "./service.ts";
import { type SchemaProblem, schemaProblems } from "./shape.ts";

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
 * Settles what descriptions mean in an environment.
 * @throws ProblemsError with every problem of every service.
 */
export function resolve(services: readonly Service[], environment: Environment): readonly ResolvedService[] {
  const problems: Problem[] = [...duplicateNames(services), ...unknownSizing(services, environment)];
  const descriptions = new Map<string, ServiceDescription>();
  for (const { name, description } of services) {
    const sized = withSizing(description, name, environment);
    const found = shapeProblems(name, sized);
    problems.push(...found);
    if (found.length === 0) descriptions.set(name, sized);
  }
  const resolved = [...descriptions].map(([name, description]) =>
    resolveService({ name, description, environment, descriptions }),
  );
  const names = new Set(services.map(({ name }) => name));
  const shop: Shop = {
    environment,
    names,
    services: new Map(resolved.map((service) => [service.name, service])),
  };
  problems.push(...resolved.flatMap((service) => checkService(service, shop)));
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

function checkService(service: ResolvedService, shop: Shop): Problem[] {
  return fields.flatMap(([, concern]) =>
    (concern.check?.(service, shop) ?? []).map((problem) => ({ service: service.name, ...problem })),
  );
}

function shapeProblems(name: string, description: unknown): Problem[] {
  if (typeof description !== "object" || description === null) {
    return [
      {
        service: name,
        field: "description",
        value: description,
        rule: "but must be an object",
        remedy: "describe the service",
      },
    ];
  }
  const described = description as Record<string, unknown>;
  const found: SchemaProblem[] = [
    ...schemaProblems("name", dnsLabel, name),
    ...unknownFields(described),
    ...fields.flatMap(([field, { schema }]) => schemaProblems(field, schema as ZodType, described[field])),
  ];
  return found.map((problem) => ({ service: String(name), ...problem }));
}

function unknownFields(description: Record<string, unknown>): SchemaProblem[] {
  return Object.keys(description)
    .filter((field) => !(field in concerns))
    .map((field) => ({
      field,
      rule: "is no field of a service",
      remedy: didYouMean(field, Object.keys(concerns), "take it out"),
    }));
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
function withSizing(
  description: ServiceDescription,
  name: string,
  { sizing }: Environment,
): ServiceDescription {
  const { resources, databaseSize, scaling } = sizing[name] ?? {};
  return {
    ...description,
    ...(resources && { resources: { ...description?.resources, ...resources } }),
    ...(scaling && { scaling }),
    ...(description?.database &&
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

function deepFreeze<Value>(value: Value): Value {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(deepFreeze);
  }
  return value;
}
