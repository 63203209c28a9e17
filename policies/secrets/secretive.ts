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
  return `${value}.matches("${values}")`;
}

const values = [
  "[a-z]://[^/@: ]*:[^/@:$ {<]+@",
  "PRIVATE KEY-----",
  "(^|[^A-Z0-9])(AKIA|ASIA)[A-Z0-9]{16}([^A-Z0-9]|$)",
  "gh[pousr]_[A-Za-z0-9]{36}",
  "xox[abprs]-[A-Za-z0-9-]{10}",
  "AIza[A-Za-z0-9_-]{35}",
  "eyJ[A-Za-z0-9_-]{10,}[.]eyJ[A-Za-z0-9_-]{10,}[.]",
].join("|");
