/** The kinds of one API group that a rule judges, in every version of that group. */
export interface Match {
  /** The API group; `""` is the core group. */
  readonly apiGroup: string;
  /** Singular, as `kind` has them: `Deployment`. */
  readonly kinds: readonly string[];
}

/** A CEL expression under a name; expressions that come later read it as `variables.<name>`. */
export interface Variable {
  readonly name: string;
  readonly expression: string;
}

/** One condition that an object must meet. */
export interface Validation {
  /** A CEL expression: true when the object may pass. */
  readonly expression: string;
  /**
   * A CEL expression: what is wrong in which field, and the remedy, in one line. Evaluated only when `expression`
   * is false. It names objects and fields, and never a value that could be secret.
   */
  readonly messageExpression: string;
}

/** How much harm whoever breaks the rule may do: what a reader should mend first. */
export type Severity = "low" | "medium" | "high" | "critical";

/** The worst first. */
export const severities: readonly Severity[] = ["critical", "high", "medium", "low"];

/** Where a rule comes from: a standard, a guide, a chapter of the documentation. */
export interface Reference {
  readonly title: string;
  readonly url: string;
}

/** Manifests that show the rule, each a stream of YAML documents that is judged together. */
interface Examples {
  readonly pass: readonly [string, ...string[]];
  /** A comment `# expect: <message>` before a document says what is reported of it, one line a message. */
  readonly fail: readonly [string, ...string[]];
  /** The environment's parameters that they are judged by. Omitted: none. */
  readonly parameters?: Readonly<Record<string, string>>;
}

/**
 * One rule over finished Kubernetes objects, in the words of ValidatingAdmissionPolicy
 * (https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/).
 *
 * Expressions see `object`, the object under judgement, `params`, the environment's PolicyParameters as `data` of strings,
 * and `variables`; they see no environment and no cluster. A rule that looks at several objects also sees
 * `neighbours`, the objects of the namespace that are judged together with it, itself included, and `objects`, all
 * that are judged together. The API server has no such lists, so a rule that reads one is in force at synth and at
 * preview only. Whoever went through `objects` at each object would make a large shop wait, for the work grows with its
 * square: only a variable reads them, one that reads neither `object` nor `neighbours` and is evaluated once for all.
 * A field that is null counts as absent, as it does for the API server.
 */
export interface Rule extends BareRule {
  /** What happens to whoever breaks it. */
  readonly reason: string;
  /** The standards and guides that ask for it, at least one. */
  readonly references: readonly Reference[];
  /** What passes and what fails, at least one of each: the rule's proof, and its page in the catalogue. */
  readonly examples: Examples;
}

/** Of a rule what judges, without what explains it. */
export interface BareRule {
  /** What reports, exemptions and the admission policy call it; its file is named so. */
  readonly id: string;
  /** The promise, in one sentence. */
  readonly title: string;
  readonly severity: Severity;
  /** What to do in general; a message says what to do to one object. */
  readonly remedy: string;
  /** What it looks at; all else passes unseen. */
  readonly matchConstraints: readonly Match[];
  /** What its expressions share, each evaluated at most once an object. Omitted: none. */
  readonly variables?: readonly Variable[];
  /** The conditions, all of which must hold; each that does not is a violation of its own. */
  readonly validations: readonly Validation[];
}
