/** The kinds of one API group that a rule judges, in every version of that group. */
export interface Match {
  /** The API group; `""` is the core group. */
  readonly apiGroup: string;
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
  /** A CEL expression: what is wrong in which field, and the remedy. Evaluated only when `expression` is false. */
  readonly messageExpression: string;
}

/**
 * One rule over finished Kubernetes objects, in the words of ValidatingAdmissionPolicy
 * (https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/).
 *
 * Expressions see `object`, the object under judgement; `neighbours`, the objects of its namespace that are
 * judged together with it, itself included; `objects`, all that are judged together; and `variables`. No admission
 * policy has the lists. Whoever filters `objects` for each object makes a large shop wait, for the work grows with
 * the square of it. Expressions see no environment and no cluster.
 * A field that is null counts as absent, as it does for the API server.
 */
export interface Rule {
  /** What violations and Pulumi's policy configuration call it. */
  readonly name: string;
  /** The promise, in one sentence. */
  readonly description: string;
  /** What happens to whoever breaks it. */
  readonly why: string;
  readonly matchConstraints: readonly Match[];
  readonly variables?: readonly Variable[];
  readonly validations: readonly Validation[];
}
