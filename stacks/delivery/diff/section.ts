import type { ObjectDifference, ServiceDifferences } from "./differences.ts";
import { type SpelledChange, spellChange } from "./lines.ts";
import { spellObject } from "./object.ts";
import { changesOf, type RepeatedChange, repeatedChanges } from "./repeated.ts";
import { plural, spellCounts } from "./summary.ts";

/** A change that several objects have in common, with those objects in words. */
export interface Common {
  readonly change: SpelledChange;
  readonly objects: string;
}

/** An object, and what is left to say about it. */
export interface Entry {
  readonly difference: ObjectDifference;
  readonly heading: string;
  readonly changes: readonly SpelledChange[];
}

/** What is said about one service. */
export interface Section {
  readonly name: string;
  readonly counts: string;
  readonly common: readonly Common[];
  readonly entries: readonly Entry[];
  /** Objects about which all has been said: `11 others as above`. Absent where there are none. */
  readonly others?: string;
}

/** The differences in the order in which they are told: what several services have in common, and then each service. */
interface Account {
  readonly common: readonly Common[];
  readonly sections: readonly Section[];
}

export function account(services: readonly ServiceDifferences[]): Account {
  const repeated = repeatedChanges(services);
  const wide = repeated.filter((one) => servicesOf(one).size > 1);
  const said = new Set(repeated.flatMap(({ changes }) => [...changes]));
  return {
    common: wide.map(spellCommon),
    sections: services.map((service) => {
      const own = repeated.filter((one) => servicesOf(one).size === 1 && servicesOf(one).has(service.name));
      const entries = service.objects.map((difference) => entry(difference, said));
      const worthALine = entries.filter(isWorthALine);
      const others = entries.length - worthALine.length;
      return {
        name: service.name,
        counts: `${spellCounts(service.objects)}${comesOrGoes[service.kind]}`,
        common: own.map(spellCommon),
        entries: worthALine,
        ...(others > 0 && {
          others: worthALine.length > 0 ? `${plural(others, "other")} as above` : "all as above",
        }),
      };
    }),
  };
}

const comesOrGoes: Record<ServiceDifferences["kind"], string> = {
  added: " (a new service)",
  removed: " (the service goes)",
  changed: "",
};

function entry(difference: ObjectDifference, said: ReadonlySet<unknown>): Entry {
  const changes = changesOf(difference);
  const rest = changes.filter((change) => !said.has(change));
  const reference = changes.length > 0 && rest.length === 0 ? ": as above" : "";
  return {
    difference,
    heading: `${heading(difference)}${reference}`,
    changes: rest.map((change) => spellChange(change)),
  };
}

/** An object that merely changes like others, without a consequence, is only counted. */
function isWorthALine({ difference, changes }: Entry): boolean {
  return difference.kind !== "changed" || changes.length > 0 || difference.effects.length > 0;
}

/** `Job production-order/order-migration-4175615697 → order-migration-99aabbccdd (runs once)` */
function heading(difference: ObjectDifference): string {
  const { object, effects } = difference;
  const name =
    difference.kind === "replaced"
      ? `${spellObject(difference.before)} → ${object.name}`
      : spellObject(object);
  const says = effects.map((effect) => effect.says);
  return says.length === 0 ? name : `${name} (${says.join("; ")})`;
}

function spellCommon(repetition: RepeatedChange): Common {
  return { change: spellChange(repetition.change, repetition.path), objects: spellObjects(repetition) };
}

const fewObjects = 4;

/** Some objects by name; of many only how many, and of which kinds. */
function spellObjects(repetition: RepeatedChange): string {
  const { objects } = repetition;
  if (objects.length <= fewObjects) return objects.map(({ object }) => spellObject(object)).join(", ");
  return `${objects.length} objects of ${spellServices([...servicesOf(repetition)])}: ${spellKinds(objects)}`;
}

/** `26 NetworkPolicy, 6 Service, 5 Job, 27 of other kinds` */
function spellKinds(objects: RepeatedChange["objects"]): string {
  const kinds = [...Map.groupBy(objects, ({ object }) => object.kind)]
    .map(([kind, members]) => ({ kind, count: members.length }))
    .sort((a, b) => b.count - a.count);
  const others = kinds.slice(fewKinds).reduce((sum, { count }) => sum + count, 0);
  return [
    ...kinds.slice(0, fewKinds).map(({ kind, count }) => `${count} ${kind}`),
    ...(others > 0 ? [`${others} of other kinds`] : []),
  ].join(", ");
}

const fewKinds = 4;

function spellServices(names: readonly string[]): string {
  return names.length <= fewObjects ? names.join(", ") : plural(names.length, "service");
}

function servicesOf({ objects }: RepeatedChange): ReadonlySet<string> {
  return new Set(objects.map(({ service }) => service));
}
