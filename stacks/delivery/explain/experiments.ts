import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import type {
  ApiReference,
  Call,
  Environment,
  Manifest,
  Service,
  ServiceDescription,
} from "../../../constructs/index.ts";
import { declaredCalls } from "../../../constructs/model/calls.ts";
import { environmentSchema } from "../../../constructs/model/environment.ts";
import type { ResolvedService } from "../../../constructs/model/resolve.ts";
import {
  type Change,
  type Input,
  type Inputs,
  inputsBeneath,
  referenceTo,
  renamed,
  withValue,
} from "./inputs.ts";
import type { Literal } from "./recorder.ts";
import type { TracedShop } from "./traced-shop.ts";
import { others } from "./variants.ts";

/** One thing changed, and the objects as they are then. */
export interface Trial<Cause> {
  readonly cause: Cause;
  readonly after: readonly Manifest[];
}

/** One service of a shop in one environment, to be rendered again and again, each time with one thing changed. */
export class Experiments {
  readonly #traced: TracedShop;
  readonly #service: string;
  readonly #environment: string;
  /** Whether cdk8s only copies the kit's objects, so that trials need not wait for it. */
  readonly #isPlain: boolean;

  constructor(traced: TracedShop, service: string, environment: string) {
    this.#traced = traced;
    this.#service = service;
    this.#environment = environment;
    this.#isPlain = traced.shop().add === undefined && isEqual(this.objects(), this.origins());
  }

  /**
   * The objects as they are.
   * @throws ProblemsError with what is wrong with the service, or with one that it calls
   */
  objects(): readonly Manifest[] {
    return this.#rendered(this.#inputs());
  }

  /** The same objects as the kit makes them, before cdk8s copies them: the recorder knows who wrote their fields. */
  origins(): readonly Manifest[] {
    return this.#origins(this.#inputs());
  }

  /** The objects as a change of the inputs makes them, if it is accepted. */
  given(change: Change): readonly Manifest[] | undefined {
    return this.#attempted(change(this.#inputs()));
  }

  /** Each thing that a person wrote, or may write, as something else. */
  *inputTrials(
    given: Change = (inputs) => inputs,
    among: (input: Input) => boolean = () => true,
  ): Generator<Trial<Input>> {
    const inputs = given(this.#inputs());
    for (const input of changeable(inputs, this.#traced).filter(among)) {
      let accepted = 0;
      for (const change of input.changes) {
        if (accepted === enough) break;
        const after = this.#attempted(change(inputs));
        if (after) yield { cause: input, after };
        accepted += after ? 1 : 0;
      }
    }
  }

  /** Each literal of the kit on which the service can depend as another one; or of some literals, given a change of an input. */
  *literalTrials(given: Change = (inputs) => inputs, among?: ReadonlySet<number>): Generator<Trial<number>> {
    const { recorder } = this.#traced;
    const constants = recorder.evaluatedBy(() => recorder.reevaluateConstants());
    const inputs = given(this.#inputs());
    const used = recorder.evaluatedBy(() => this.#attempted(inputs));
    yield* this.#trials(
      [...used].filter((one) => !constants.has(one)),
      among,
      () => this.#attempted(inputs),
    );
    try {
      yield* this.#trials([...constants], among, () => this.#reevaluated(given));
    } finally {
      recorder.reevaluateConstants();
    }
  }

  *#trials(
    literals: number[],
    among: ReadonlySet<number> | undefined,
    render: () => readonly Manifest[] | undefined,
  ): Generator<Trial<number>> {
    const { recorder, isKits } = this.#traced;
    for (const cause of literals) {
      const { file, makesValue, value } = recorder.literals[cause] as Literal;
      if (!makesValue || !isKits(file) || !(among?.has(cause) ?? true)) continue;
      const ways = Array.from({ length: typeof value === "number" ? enough : 1 }, (_, way) => way);
      const changes = ways.map((way) => (one: unknown) => others(one, undefined)[way] ?? one);
      for (const after of changes.map((change) => recorder.withLiteral(cause, change, render)))
        if (after) yield { cause, after };
    }
  }

  #reevaluated(given: Change): readonly Manifest[] | undefined {
    const { recorder } = this.#traced;
    return attempt(() => {
      recorder.unrecorded(() => recorder.reevaluateConstants());
      return this.#attempted(given(this.#inputs()));
    });
  }

  #attempted(inputs: Inputs): readonly Manifest[] | undefined {
    return attempt(() =>
      this.#traced.recorder.unrecorded(() =>
        this.#isPlain ? this.#origins(inputs) : this.#rendered(inputs),
      ),
    );
  }

  #origins(inputs: Inputs): readonly Manifest[] {
    const resolved = this.#resolved(inputs);
    return this.#traced.kit.rendered.flatMap((concern) => concern(resolved));
  }

  #rendered(inputs: Inputs): readonly Manifest[] {
    const { kit, shop } = this.#traced;
    return kit.render([this.#resolved(inputs)], shop().add)[0]?.manifests ?? [];
  }

  #resolved({ target, environment, services }: Inputs): ResolvedService {
    const { kit } = this.#traced;
    const owners = Object.values(services).map(({ description }) => description.owner as string);
    const descriptions = Object.entries(services).map(([name, { description }]) =>
      described(name, agreeing(description, owners), kit.service),
    );
    return kit.resolve(descriptions, environment).find(({ name }) => name === target) as ResolvedService;
  }

  /** What decides on the service: its description, those of the services around it, and the environment. */
  #inputs(): Inputs {
    const { services, environments } = this.#traced.shop();
    const around = neighbours(this.#service, services);
    const environment = environments[this.#environment] as Environment;
    const images = around.map(({ name, description }) => description.image ?? name);
    return {
      target: this.#service,
      environment: {
        ...environment,
        images: only(environment.images, images),
        sizing: only(
          environment.sizing,
          around.map(({ name }) => name),
        ),
        ...(environment.consul && {
          consul: only(
            environment.consul,
            around.map(({ name }) => name),
          ),
        }),
        // Those of others name services that are not around, and only its own are rendered.
        ...(environment.rehearsals && {
          rehearsals: environment.rehearsals.filter(({ to }) => to === this.#service),
        }),
        ...(environment.externals && { externals: only(environment.externals, around.flatMap(callees)) }),
      },
      services: Object.fromEntries(
        around.map(({ name, description }) => [name, { description: unfolded(description) }]),
      ),
    };
  }
}

/** A small change and a large one: some values are rounded. */
const enough = 2;

function isEqual(one: readonly Manifest[], other: readonly Manifest[]): boolean {
  return (
    one.length === other.length &&
    one.every((object, index) => isDeepStrictEqual(object, sanitized(other[index])))
  );
}

/** Without what is undefined, which no YAML shows. */
function sanitized(object: unknown): unknown {
  return JSON.parse(JSON.stringify(object));
}

/** What does not come to its end says nothing about a field. */
function attempt<Result>(action: () => Result): Result | undefined {
  try {
    return action();
  } catch {
    return undefined;
  }
}

/** The service, those that call it, and everything that these call, for nothing else can be resolved alone. */
function neighbours(service: string, services: readonly Service[]): readonly Service[] {
  const callers = services.filter((one) => one.name === service || callees(one).includes(service));
  const names = new Set(callers.map(({ name }) => name));
  for (const name of names)
    for (const callee of services.filter((one) => one.name === name).flatMap(callees)) names.add(callee);
  return services.filter(({ name }) => names.has(name));
}

function callees({ description }: Service): string[] {
  return (description.calls?.() ?? []).map(({ api }) => api.service);
}

function unfolded({ calls, ...description }: ServiceDescription): Inputs["services"][string]["description"] {
  return { ...description, ...(calls && { calls: calls() }) };
}

function described(
  name: string,
  { calls, ...description }: Inputs["services"][string]["description"],
  make: (name: string, description: ServiceDescription) => Service,
): Service {
  return make(name, {
    ...description,
    ...(calls !== undefined && { calls: () => calls }),
  } as unknown as ServiceDescription);
}

/** Who may call renders nothing, and would only refuse a service that is tried with another owner. */
function agreeing(
  description: Inputs["services"][string]["description"],
  owners: readonly string[],
): Inputs["services"][string]["description"] {
  const calls = description.calls as readonly Call[] | undefined;
  return {
    ...description,
    api: { ...(description.api as object), callers: owners },
    ...(calls && { calls: calls.map((call) => ({ ...call, api: agreed(call.api, owners) })) }),
  };
}

function agreed(api: ApiReference, owners: readonly string[]): ApiReference {
  return api.external ? referenceTo(api.service, api, { ...api.external, callers: owners }) : api;
}

function only<Value>(
  values: Readonly<Record<string, Value>>,
  names: readonly string[],
): Record<string, Value> {
  return Object.fromEntries(Object.entries(values).filter(([name]) => names.includes(name)));
}

function changeable(inputs: Inputs, traced: TracedShop): Input[] {
  const tree = schemaOf(traced);
  const written = inputsBeneath(inputs, [], tree, "must stay");
  return [
    ...written.filter(({ path }) => path[0] !== "target"),
    ...Object.keys(inputs.services).flatMap((name) => [serviceName(name), image(inputs, name)]),
  ];
}

function serviceName(name: string): Input {
  return {
    path: ["services", name, "name"],
    value: name,
    omitted: false,
    changes: [renamed(name, `${name.slice(0, 29)}x`)],
  };
}

/** Another image must be one of the environment's, so it comes to stand there as well. */
function image({ services }: Inputs, name: string): Input {
  const path = ["services", name, "description", "image"];
  const value = services[name]?.description.image;
  const reference = `sample@sha256:${"0".repeat(64)}`;
  const change: Change = (inputs) =>
    withValue(path, "sample")(withValue(["environment", "images", "sample"], reference)(inputs));
  return { path, value, omitted: value === undefined, changes: [change] };
}

/** What the whole tree must look like. */
function schemaOf({ kit: { concerns } }: TracedShop): z.ZodType {
  const fields: Record<string, z.ZodType> = Object.fromEntries(
    Object.entries(concerns).map(([field, { schema }]) => [field, schema as z.ZodType]),
  );
  const { resources, scaling } = concerns;
  const sizing = z.strictObject({
    resources: resources.schema,
    scaling: scaling.schema,
    databaseSize: z.custom().optional(),
  });
  const description = z.strictObject({ ...fields, calls: declaredCalls.optional() });
  return z.strictObject({
    target: z.string(),
    environment: z.strictObject({ ...environmentSchema.shape, sizing: z.record(z.string(), sizing) }),
    services: z.record(z.string(), z.strictObject({ description })),
  });
}
