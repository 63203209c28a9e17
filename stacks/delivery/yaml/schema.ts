import {
  boolYaml11Tag,
  defineScalarTag,
  FAILSAFE_SCHEMA,
  mergeTag,
  NOT_RESOLVED,
  nullYaml11Tag,
  type Schema,
} from "js-yaml";

/**
 * What a plain word means to kubectl and the API server, whose reader follows neither YAML 1.1 nor 1.2: `0644` and
 * `0o644` are 420, `yes` is true, and a day or `1:30` is text.
 * Upstream: https://github.com/yaml/go-yaml/blob/v2.4.0/resolve.go
 */
export const kubernetesSchema: Schema = FAILSAFE_SCHEMA.withTags(
  nullYaml11Tag,
  boolYaml11Tag,
  mergeTag,
  numberTag("int", integer),
  numberTag("float", (digits) => integer(digits) ?? float(digits)),
);

function numberTag(name: string, read: (digits: string) => number | undefined) {
  return defineScalarTag<number>(`tag:yaml.org,2002:${name}`, {
    implicit: true,
    implicitFirstChars: [..."+-.0123456789"],
    resolve: (source) => read(source.replaceAll("_", "")) ?? NOT_RESOLVED,
    identify: () => false,
  });
}

function integer(digits: string): number | undefined {
  const { sign = "", size = "" } =
    /^(?<sign>[-+]?)(?<size>0x[\da-f]+|0b[01]+|0o?[0-7]+|0|[1-9]\d*)$/i.exec(digits)?.groups ?? {};
  if (size === "") return undefined;
  const value = Number(size.replace(/^0(?=[0-7])/, "0o"));
  return sign === "-" ? -value : value;
}

function float(digits: string): number | undefined {
  if (/^[-+]?(\.\d+|\d+(\.\d*)?)(e[-+]?\d+)?$/i.test(digits)) return Number(digits);
  return { ".nan": Number.NaN, ".inf": Infinity, "+.inf": Infinity, "-.inf": -Infinity }[
    digits.toLowerCase()
  ];
}
