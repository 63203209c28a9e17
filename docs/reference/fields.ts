import ts from "typescript";
import { checker, type Docstring, docstring, isForeign } from "./public-names.ts";

/** One field that a team or a platform engineer writes. */
export interface Field {
  readonly name: string;
  readonly optional: boolean;
  readonly doc: Docstring;
  readonly content: Content;
}

/** What a field may hold. */
export type Content =
  | { readonly kind: "value"; readonly type: string }
  | { readonly kind: "choices"; readonly choices: readonly string[] }
  | { readonly kind: "object"; readonly type: string; readonly fields: readonly Field[] }
  | { readonly kind: "list"; readonly of: Content }
  /** Fields whose names are the writer's own. */
  | { readonly kind: "record"; readonly of: Content }
  /** A list that a function returns. */
  | { readonly kind: "function"; readonly of: Content }
  | { readonly kind: "union"; readonly type: string; readonly variants: readonly Variant[] };

/** One choice of a union, told by its `kind`. */
export interface Variant {
  readonly kind: string;
  readonly doc: Docstring;
  readonly fields: readonly Field[];
}

/** The fields of an interface, and of what they hold; a type that was `met` before is only named. */
export function fieldsOf(type: ts.Type, met: Set<string>): readonly Field[] {
  return checker
    .getPropertiesOfType(type)
    .filter((property) => !isDiscriminator(property))
    .map((property) => {
      const content = contentOf(checker.getTypeOfSymbol(property), met);
      met.add(writtenType(property));
      return {
        name: property.name,
        optional: (property.flags & ts.SymbolFlags.Optional) !== 0,
        doc: docstring(property),
        content,
      };
    });
}

/** The type of a field as its declaration names it: the compiler forgets names such as `Jobs`. */
function writtenType({ valueDeclaration }: ts.Symbol): string {
  return valueDeclaration && ts.isPropertySignature(valueDeclaration)
    ? (valueDeclaration.type?.getText() ?? "")
    : "";
}

/** `kind` with one value says which choice of a union stands here, or is filled in by a function such as `rest`. */
function isDiscriminator(property: ts.Symbol): boolean {
  return property.name === "kind" && literals(checker.getTypeOfSymbol(property))?.length === 1;
}

function contentOf(declared: ts.Type, met: Set<string>): Content {
  const isUnknown = (declared.flags & ts.TypeFlags.Unknown) !== 0;
  const type = isUnknown ? declared : checker.getNonNullableType(declared);
  const choices = literals(type);
  if (choices) return { kind: "choices", choices };
  return several(type, met) ?? one(type, met);
}

/** A list, a record, or a function that returns one of them. */
function several(type: ts.Type, met: Set<string>): Content | undefined {
  const element = elementOf(type);
  if (element) return { kind: "list", of: contentOf(element, met) };
  // Names of any text, or of a pattern such as `GET /…`.
  const named = checker.getIndexInfosOfType(type)[0]?.type;
  if (named && type.getProperties().length === 0) return { kind: "record", of: contentOf(named, met) };
  const [call] = type.getCallSignatures();
  const returned = call?.parameters.length === 0 ? call.getReturnType() : undefined;
  return returned && { kind: "function", of: contentOf(returned, met) };
}

function one(type: ts.Type, met: Set<string>): Content {
  const name = type.aliasSymbol?.name ?? type.symbol?.name ?? "";
  if (!isWrittenOut(type) || (isPublicName(name) && met.has(name)))
    return { kind: "value", type: typeName(type) };
  met.add(name);
  if (type.isUnion())
    return { kind: "union", type: name, variants: type.types.map((each) => variant(each, met)) };
  return { kind: "object", type: isPublicName(name) ? name : "", fields: fieldsOf(type, met) };
}

function variant(type: ts.Type, met: Set<string>): Variant {
  const property = type.getProperty("kind");
  const [kind] = (property && literals(checker.getTypeOfSymbol(property))) ?? [];
  if (kind === undefined)
    throw new Error(`${typeName(type)} has no kind; give it one, or the union cannot be told`);
  met.add(type.symbol.name);
  return { kind, doc: docstring(type.symbol), fields: fieldsOf(type, met) };
}

/** Inline object types are called `__type` by the compiler, and inline unions nothing at all. */
function isPublicName(name: string): boolean {
  return name !== "" && !name.startsWith("__");
}

/** The values of a type that is nothing but literals, as one writes them. */
function literals(type: ts.Type): string[] | undefined {
  const types = type.isUnion() ? type.types : [type];
  const isLiteral = types.every((one) => one.isStringLiteral() || one.isNumberLiteral());
  return isLiteral ? types.map((one) => checker.typeToString(one)) : undefined;
}

function elementOf(type: ts.Type): ts.Type | undefined {
  return checker.isArrayType(type) ? checker.getTypeArguments(type as ts.TypeReference)[0] : undefined;
}

/** Whether a type's fields are the writer's to fill in: plain objects of ours, no classes. */
function isWrittenOut(type: ts.Type): boolean {
  if (type.isUnion()) return type.types.every(isWrittenOut);
  if (type.getCallSignatures().length > 0) return false;
  const isPlain = (type.flags & ts.TypeFlags.Object) !== 0 && type.symbol !== undefined;
  return isPlain && !type.isClass() && !isForeign(type.symbol);
}

function typeName(type: ts.Type): string {
  return checker.typeToString(type);
}
