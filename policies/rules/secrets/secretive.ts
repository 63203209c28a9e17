/** A CEL condition: a name, such as DATABASE_PASSWORD, says that it stands for a secret. */
export function isSecretName(name: string): string {
  return `${name}.lowerAscii().matches("${names}")`;
}

const names =
  "(password|passwd|passphrase|pwd|(^|[_.-])pass|secret|token|(api|access|private|secret|signing|encryption|master|account)[_.-]?key|credentials?)$";

/** A CEL condition: a value is a switch, a path, or refers to another variable, and so no secret, whatever its name. */
export function isNoSecret(value: string): string {
  return `${value}.matches("^(|true|false|yes|no|on|off|0|1|(/[A-Za-z0-9._-]+){2,}|[$][(][A-Za-z0-9_]+[)])$")`;
}

/**
 * A CEL condition: a value is a secret, whatever its name: a URL with a password, a private key, or a token of the form
 * that AWS, GitHub, Slack, Google or a JWT has.
 */
export function isSecretValue(value: string): string {
  return `(${secretForms.map(({ name }) => hasForm(value, name)).join(" || ")})`;
}

/** A CEL condition: a value has the form of that name. */
export function hasForm(value: string, form: string): string {
  const { part, pattern } = secretForms.find(({ name }) => name === form) as SecretForm;
  return `${value}.contains("${part}") && ${value}.matches("${pattern}")`;
}

interface SecretForm {
  readonly name: string;
  /**
   * What each such value holds. The API server stops what costs too much, and a regular expression costs a quarter of its
   * length at each letter: asked of all, it would refuse every ConfigMap of half a megabyte.
   */
  readonly part: string;
  readonly pattern: string;
}

export const secretForms: readonly SecretForm[] = [
  { name: "url", part: "://", pattern: "[a-z]://[^/@: ]*:[^/@:$ {<]+@" },
  { name: "privateKey", part: "KEY-----", pattern: "PRIVATE KEY-----" },
  { name: "aws", part: "IA", pattern: "(^|[^A-Z0-9])(AKIA|ASIA)[A-Z0-9]{16}([^A-Z0-9]|$)" },
  { name: "github", part: "gh", pattern: "gh[pousr]_[A-Za-z0-9]{36}" },
  { name: "slack", part: "xox", pattern: "xox[abprs]-[A-Za-z0-9-]{10}" },
  { name: "google", part: "AIza", pattern: "AIza[A-Za-z0-9_-]{35}" },
  { name: "jwt", part: ".eyJ", pattern: "eyJ[A-Za-z0-9_-]{10,}[.]eyJ[A-Za-z0-9_-]{10,}[.]" },
];
