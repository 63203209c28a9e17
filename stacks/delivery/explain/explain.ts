import { JsonPatch } from "cdk8s";
import type { Manifest } from "../../../constructs/index.ts";
import { spell as spellAmount } from "../../../constructs/model/units.ts";
import { type Documentation, documentationOf } from "./documentation.ts";
import { type Effects, effectsOn, type Field } from "./effects.ts";
import { Experiments } from "./experiments.ts";
import type { Explanation, Source } from "./explanation.ts";
import { type Input, isWithin, without } from "./inputs.ts";
import { at, type Path, spell } from "./path.ts";
import { placeOfInput } from "./place-of-input.ts";
import type { Literal, Place } from "./recorder.ts";
import { type Line, lineAt, literalText, reasonFor } from "./sources.ts";
import type { TracedShop } from "./traced-shop.ts";
import { whereWritten } from "./written.ts";

/** Says where the fields of one service's objects come from. */
export class Explainer {
  readonly #traced: TracedShop;
  readonly #experiments: Experiments;
  readonly #service: string;
  readonly #environment: string;
  /** The service's objects as they are. */
  readonly objects: readonly Manifest[];
  readonly #origins: readonly Manifest[];

  /** @throws ProblemsError with what is wrong with the service, or with one around it */
  constructor(traced: TracedShop, service: string, environment: string) {
    this.#traced = traced;
    this.#service = service;
    this.#environment = environment;
    this.#experiments = new Experiments(traced, service, environment);
    this.objects = this.#experiments.objects();
    this.#origins = this.#experiments.origins();
  }

  explain(fields: readonly Field[]): readonly Explanation[] {
    const inputs = effectsOn(fields, this.objects, this.#experiments.inputTrials());
    const literals = effectsOn(fields, this.objects, this.#experiments.literalTrials());
    const silenced = this.#silenced(fields, inputs, literals);
    return fields.map((field, index) =>
      this.#explanation(field, inputs[index] as Effects<Input>, literals[index] as Effects<number>, silenced),
    );
  }

  /** For each input that is left out, the literals that a field depends on no more once it is written: its default. */
  #silenced(
    fields: readonly Field[],
    inputs: readonly Effects<Input>[],
    literals: readonly Effects<number>[],
  ) {
    const omitted = new Set(inputs.flatMap(({ changing }) => [...changing].filter((input) => input.omitted)));
    return new Map(
      [...omitted].map((input) => {
        const concerned = fields.flatMap((field, index) =>
          inputs[index]?.changing.has(input) ? { field, index } : [],
        );
        const among = new Set(concerned.flatMap(({ index }) => [...(literals[index]?.changing ?? [])]));
        const still = this.#effectsGiven(
          input,
          concerned.map(({ field }) => field),
          among,
        );
        const silent = concerned.map(({ field, index }, position) => {
          const own = [...(literals[index]?.changing ?? [])];
          return [field, own.filter((literal) => !still[position]?.changing.has(literal))] as const;
        });
        return [input, new Map(silent)] as const;
      }),
    );
  }

  #effectsGiven(
    input: Input,
    fields: readonly Field[],
    among: ReadonlySet<number>,
  ): readonly Effects<number>[] {
    for (const given of input.changes) {
      const before = this.#experiments.given(given);
      if (before)
        return effectsOn(fields, this.objects, this.#experiments.literalTrials(given, among), before);
    }
    return [];
  }

  #explanation(
    field: Field,
    inputs: Effects<Input>,
    literals: Effects<number>,
    silenced: ReadonlyMap<Input, ReadonlyMap<Field, readonly number[]>>,
  ): Explanation {
    const { object, path } = field;
    const changing = innermost([...inputs.changing]);
    const written = changing.filter(({ omitted }) => !omitted);
    const defaults = foremost(
      changing
        .filter(({ omitted }) => omitted)
        .map((input) => ({ input, literals: silenced.get(input)?.get(field) ?? [] })),
    );
    // A constant may be a key itself: with another one the field is no more.
    const keys = [...literals.removing].filter((one) => this.#literal(one).value === path.at(-1));
    const constants = [...keys, ...literals.changing].filter(
      (one) => !defaults.some(({ literals }) => literals.includes(one)),
    );
    const removing = innermost([...inputs.removing]).filter(
      (input) => !changing.includes(input) && !(input.omitted && input.path[0] === "environment"),
    );
    return {
      service: this.#service,
      environment: this.#environment,
      object: identity(object),
      path: spell(path, object),
      value: at(object, path),
      ...told(
        [
          ...written.map((input) => this.#inputSource(input)),
          ...this.#overridden(field, written),
          ...defaults.map(({ input, literals }) => this.#default(input, literals)),
          ...this.#kitSources(field, constants),
        ],
        removing.map((input) => (input.omitted ? this.#default(input, []) : this.#inputSource(input))),
      ),
    };
  }

  #inputSource(input: Input): Source {
    const place = placeOfInput(this.#traced, this.#environment, input.path);
    const reason = this.#patchReason(input.path) ?? (place && reasonFor(place, "field"));
    return {
      kind: input.path[0] === "environment" ? "environment" : "description",
      field: this.#fieldName(input),
      ...(isShown(input.value) && { value: shown(input.value) }),
      ...(place && { at: lineAt(place) }),
      ...(reason && { reason }),
    };
  }

  /** A patch says itself why it and its operations are there. */
  #patchReason([, name, , field, index, part]: Path): string | undefined {
    if (field !== "patches" || typeof index !== "number" || part === "reason") return undefined;
    const service = this.#traced.shop().services.find((one) => one.name === name);
    return service?.description.patches?.[index]?.reason;
  }

  /** What the description says where the environment says otherwise. */
  #overridden(field: Field, written: readonly Input[]): Source[] {
    return written
      .filter(({ path }) => path[0] === "environment" && path[1] === "sizing" && path[2] === this.#service)
      .flatMap((sizing) => {
        const given = without(sizing.path);
        const before = this.#experiments.given(given);
        if (!before) return [];
        const own = ({ path, omitted }: Input) => path[1] === this.#service && !omitted;
        const trials = this.#experiments.inputTrials(given, own);
        const [effects] = effectsOn([field], this.objects, trials, before);
        return innermost([...(effects as Effects<Input>).changing])
          .filter(({ path }) => !written.some((one) => spell(one.path) === spell(path)))
          .map((input) => ({ ...this.#inputSource(input), kind: "overridden" as const }));
      });
  }

  #default(input: Input, literals: readonly number[]): Source {
    const documentation = documentationOf(input.path);
    const places = literals.map((literal) => this.#literal(literal));
    const [place] = places;
    const comment = place && reasonFor(place, "function");
    const said =
      documentation && (comment === undefined ? upToOmission(documentation) : omission(documentation));
    const reasons = [comment, said];
    return {
      kind: "default",
      field: this.#fieldName(input),
      ...(place && { value: places.map(literalText).join(" ") }),
      ...lineOf(place ?? documentation?.place),
      reason: reasons.filter((reason) => reason !== undefined).join(" "),
    };
  }

  #kitSources(field: Field, literals: readonly number[]): Source[] {
    const written = whereWritten(this.#traced, this.#origins, field);
    const lines = written.map(lineAt);
    const constants = byLine(literals.map((literal) => this.#literal(literal)));
    return [
      ...constants
        .filter(([line]) => !lines.some((one) => isSameLine(one, line)))
        .map(([line, places]) => this.#kitSource("constant", line, places)),
      ...byLine(written.toReversed()).map(([line, places]) => this.#kitSource("kit", line, places)),
    ];
  }

  #kitSource(kind: "constant" | "kit", line: Line, places: readonly Place[]): Source {
    const reason = reasonFor(places[0] as Place, "function");
    return {
      kind,
      ...(kind === "constant" && { value: places.map(literalText).join(" ") }),
      at: line,
      ...(reason && { reason }),
    };
  }

  #literal(literal: number): Literal {
    return this.#traced.recorder.literals[literal] as Literal;
  }

  /** `calls[0].timeout`, of another service `api.port of inventory`. */
  #fieldName({ path }: Input): string {
    const [root, service] = path;
    if (root === "environment") return spell(path.slice(1));
    const field = spell(path.slice(path[2] === "description" ? 3 : 2));
    return service === this.#service ? field : `${field} of ${service}`;
  }
}

/** What nobody but a patch writes has its value from where it has its being. */
function told(
  sources: readonly Source[],
  because: readonly Source[],
): Pick<Explanation, "sources" | "because"> {
  return sources.length > 0 ? { sources, because } : { sources: because, because: [] };
}

function identity({ kind, metadata: { namespace, name } }: Manifest): Explanation["object"] {
  return { kind, ...(namespace && { namespace }), name };
}

/** What stands around a field has its effect through the field. */
function innermost(inputs: readonly Input[]): Input[] {
  return inputs.filter(
    (outer) => !inputs.some((inner) => inner !== outer && isWithin(inner.path, outer.path)),
  );
}

interface Default {
  readonly input: Input;
  readonly literals: readonly number[];
}

/**
 * Whatever an environment leaves out stays as described, so it counts only for a default that the description could
 * not set otherwise: that of a scaling which stands in the environment.
 */
function foremost(defaults: readonly Default[]): readonly Default[] {
  const isEnvironments = ({ input }: Default) => input.path[0] === "environment";
  const described = new Set(
    defaults.filter((one) => !isEnvironments(one)).flatMap(({ literals }) => literals),
  );
  return defaults.filter(
    (one) =>
      !isEnvironments(one) ||
      (one.literals.length > 0 && !one.literals.some((literal) => described.has(literal))),
  );
}

function lineOf(place: Place | undefined): { at?: Line } {
  return place ? { at: lineAt(place) } : {};
}

function byLine(places: readonly Place[]): [Line, Place[]][] {
  const lines: [Line, Place[]][] = [];
  for (const place of places) {
    const line = lineAt(place);
    const known = lines.find(([one]) => isSameLine(one, line));
    if (known) known[1].push(place);
    else lines.push([line, [place]]);
  }
  return lines;
}

function isSameLine(one: Line, other: Line): boolean {
  return one.file === other.file && one.line === other.line;
}

/** `Omitted: 1 s.` */
function omission({ text }: Documentation): string {
  return /Omitted: .*?\.(?=\s|$)/.exec(text)?.[0] ?? text;
}

/** What the field is, and what it is when left out; not where upstream describes it. */
function upToOmission({ text }: Documentation): string {
  return /^.*?Omitted: .*?\.(?=\s|$)/.exec(text)?.[0] ?? text;
}

/** What its line does not show at a glance: no object, and no operation of a patch. */
function isShown(value: unknown): boolean {
  if (value instanceof JsonPatch) return false;
  return (
    typeof value !== "object" ||
    value === null ||
    (Object.getPrototypeOf(value) !== Object.prototype && !Array.isArray(value))
  );
}

function shown(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value) : spellAmount(value);
}
