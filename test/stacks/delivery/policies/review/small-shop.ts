import type { Manifest } from "../../../../../constructs/index.ts";
import type { Exemption, Level } from "../../../../../policies/judgement/verdict.ts";
import type { Rule, Severity } from "../../../../../policies/rule.ts";
import type { JudgedBy } from "../../../../../stacks/delivery/policies/judged-by.ts";
import { compared, judged, review } from "../../../../../stacks/delivery/policies/review/index.ts";
import type { OtherSide } from "../../../../../stacks/delivery/revision.ts";

// Rules of its own: the golden files speak of the formats, and not of what the kit's rules say today.

function rule(
  id: string,
  severity: Severity,
  kinds: readonly string[],
  expression: string,
  message: string,
): Rule {
  return {
    id,
    title: `The promise of ${id}.`,
    reason: `What happens without ${id}.`,
    severity,
    remedy: `What to do for ${id}.`,
    references: [{ title: "A guide", url: `https://guide.example/${id}` }],
    matchConstraints: [{ apiGroup: "apps", kinds }],
    validations: [{ expression, messageExpression: message }],
    examples: { pass: [""], fail: [""] },
  };
}

export const rules: readonly Rule[] = [
  rule(
    "pinned",
    "critical",
    ["Deployment", "Job"],
    'object.spec.image.contains("@")',
    '"spec.image is " + object.spec.image + "; name its digest"',
  ),
  rule(
    "bounded",
    "medium",
    ["Deployment"],
    "object.spec.replicas <= int(params.data.most)",
    '"spec.replicas is more than " + params.data.most + "; lower it"',
  ),
  rule(
    "labelled",
    "low",
    ["Deployment"],
    "has(object.metadata.labels)",
    '"metadata.labels is missing; add the label team"',
  ),
  rule("tidy", "high", ["Deployment"], "!has(object.spec.paused)", '"spec.paused is set; take it out"'),
  rule("kept", "high", ["Deployment"], "true", '"never said"'),
];

interface Spec {
  readonly image?: string;
  readonly replicas?: number;
  readonly paused?: true;
  readonly labels?: Record<string, string>;
}

const pinned = `images.example/shop@sha256:${"31af".repeat(16)}`;

function workload(
  kind: string,
  [namespace, name]: readonly [string, string],
  { image = pinned, replicas = 2, labels = { team: "shop" }, ...spec }: Spec = {},
): Manifest {
  const { team } = labels;
  return {
    apiVersion: "apps/v1",
    kind,
    metadata: { name, namespace, ...(team !== undefined && { labels }) },
    spec: { image, replicas, ...spec },
  };
}

const order = "order";
const payment = "payment";

const services = [
  {
    name: order,
    owner: "checkout",
    manifests: [
      workload("Deployment", [order, "order"], { replicas: 60, labels: {} }),
      workload("Deployment", [order, "order-worker"], { replicas: 90 }),
      workload("Job", [order, "order-migration-99aabbccdd"], { image: "order:latest" }),
    ],
  },
  {
    name: payment,
    owner: "billing",
    manifests: [
      workload("Deployment", [payment, "payment"], { image: "payment:1", paused: true }),
      workload("Deployment", [payment, "gateway"], { replicas: 55 }),
    ],
  },
];

const then: OtherSide = {
  platform: [],
  services: [
    {
      name: order,
      manifests: [
        workload("Deployment", [order, "order"], { image: "order:1", replicas: 60 }),
        workload("Deployment", [order, "order-worker"], { replicas: 90 }),
        workload("Job", [order, "order-migration-4175615697"], { image: "order:latest" }),
        workload("Deployment", [order, "order-cache"], { image: "cache:1" }),
      ],
    },
    {
      name: payment,
      manifests: [
        workload("Deployment", [payment, "payment"], { paused: true }),
        workload("Deployment", [payment, "gateway"], { replicas: 55 }),
      ],
    },
  ],
};

function exemption(
  of: string,
  [namespace, name]: readonly [string, string],
  more: Partial<Exemption>,
): Exemption {
  return {
    rule: of,
    object: { kind: "Deployment", namespace, name },
    owner: "checkout",
    reason: "Black Friday",
    expires: "2027-01-31",
    ...more,
  };
}

const lasting = exemption("bounded", [order, "order-worker"], {});
const extended = exemption("bounded", [order, "order"], {});
const expired = exemption("bounded", [payment, "gateway"], {
  owner: "billing",
  reason: "a move",
  expires: "2026-11-20",
});
const spare = exemption("kept", [payment, "payment"], { owner: "billing", reason: "to be sure" });
const dropped = exemption("pinned", [order, "order-cache"], { reason: "it went" });

function inForce(levels: Readonly<Record<string, Level>>, digest: string): JudgedBy["rules"] {
  return Object.fromEntries(
    Object.entries(levels).map(([id, level]) => {
      const severity = rules.find((one) => one.id === id)?.severity ?? "low";
      return [id, { severity, level, digest }];
    }),
  );
}

const levels = {
  pinned: "mandatory",
  bounded: "mandatory",
  labelled: "advisory",
  tidy: "disabled",
  kept: "mandatory",
} as const;

const judgedBy: JudgedBy = {
  rules: inForce(levels, "aa"),
  parameters: { most: "50" },
  exemptions: [lasting, extended, expired, spare],
};

const judgedByThen: JudgedBy = {
  rules: {
    ...inForce(
      { pinned: "advisory", bounded: "mandatory", tidy: "mandatory", kept: "mandatory", old: "mandatory" },
      "aa",
    ),
    kept: { severity: "low", level: "mandatory", digest: "bb" },
  },
  parameters: { most: "50", least: "1" },
  exemptions: [{ ...extended, expires: "2026-12-01" }, expired, spare, dropped],
};

const settings = { level: "mandatory", levels, ...judgedBy, today: "2026-11-21" } as const;

export const judgedShop = judged(rules, { environment: "production", services, settings, judgedBy });

export const places = {
  ofService: (name: string) => ({ file: `services/${name}.ts`, line: name.length }),
  ofExemption: (index: number) => ({ file: "stacks/environments.ts", line: 100 + index }),
};

export function reviewAgainst(side: OtherSide) {
  return review(judgedShop, places, compared(rules, "main (1234567890)", side, settings));
}

/** Nothing is compared. */
export const alone = review(judgedShop, places);

/** Against a side that says by what it was judged. */
export const against = reviewAgainst({ ...then, judgedBy: judgedByThen });

/** Against a side whose kit does not say it. */
export const againstOldKit = reviewAgainst(then);

/** Nothing is wrong, and nothing is other. */
export const clean = review(
  judged(rules, {
    environment: "production",
    services: [{ name: order, owner: "checkout", manifests: [workload("Deployment", [order, "order"])] }],
    settings: { ...settings, exemptions: [] },
    judgedBy: { ...judgedBy, exemptions: [] },
  }),
  places,
);
