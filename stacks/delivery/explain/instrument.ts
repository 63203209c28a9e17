import ts from "typescript";
import type { Part, Recorder } from "./recorder.ts";

/**
 * A source that tells the recorder what it does. No line is added or taken away, so that every line keeps its number:
 * an object `{ a: 1 }` becomes `__explain.object(7, (__keep) => ({ a: __explain.literal(3, 1) }))`, and a constant
 * of the module a variable that can be evaluated again.
 */
export function instrument(file: string, text: string, recorder: Recorder): string {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ESNext, true);
  const known = 'const __explain = globalThis[Symbol.for("pressurevalve.explain")]; ';
  return known + new Instrumenter(source, recorder).rewritten(source);
}

/** A list of images is data that stands in a file of its own. */
export function instrumentJson(file: string, text: string, recorder: Recorder): string {
  // Parentheses of one line, so that offsets in the file differ by a constant.
  const opening = "export default (";
  const source = ts.createSourceFile(
    file,
    `${opening}${text})`,
    ts.ScriptTarget.ESNext,
    true,
    ts.ScriptKind.TS,
  );
  const known = 'const __explain = globalThis[Symbol.for("pressurevalve.explain")]; ';
  return known + new Instrumenter(source, recorder, opening.length).rewritten(source);
}

class Instrumenter {
  readonly #source: ts.SourceFile;
  readonly #recorder: Recorder;
  readonly #shift: number;

  constructor(source: ts.SourceFile, recorder: Recorder, shift = 0) {
    this.#source = source;
    this.#recorder = recorder;
    this.#shift = shift;
  }

  rewritten(node: ts.Node): string {
    if (isVerbatim(node)) return node.getFullText(this.#source);
    const start = node.getStart(this.#source);
    const leading = this.#source.text.slice(node.getFullStart(), start);
    return leading + this.#wrapped(node, this.#inside(node));
  }

  /** The text of a node without what stands before it, its children rewritten. */
  #inside(node: ts.Node): string {
    let [text, end] = ["", node.getStart(this.#source)];
    for (const child of childrenOf(node)) {
      text += this.#source.text.slice(end, child.getFullStart());
      // A first child has the same leading trivia as its parent, who keeps it.
      const from = Math.max(end, child.getFullStart());
      const rewritten = this.rewritten(child);
      text += rewritten.slice(from - child.getFullStart());
      end = child.getEnd();
    }
    return text + this.#source.text.slice(end, node.getEnd());
  }

  #wrapped(node: ts.Node, text: string): string {
    const traced = this.#traced(node, text);
    const kept = isKept(node)
      ? `__keep(${traced})`
      : isTakenApart(node)
        ? `__explain.whole(${traced})`
        : traced;
    if (!isInitializer(node)) return kept;
    return `__explain.constant(() => (${kept}), (__value) => { ${node.parent.name.text} = __value; })`;
  }

  #traced(node: ts.Node, text: string): string {
    if (ts.isObjectLiteralExpression(node) && isMade(node))
      return `__explain.object(${this.#site(node, objectParts(node))}, (__keep) => (${text}))`;
    if (ts.isArrayLiteralExpression(node) && isMade(node))
      return `__explain.array(${this.#site(node, arrayParts(node))}, (__keep) => (${text}))`;
    if (ts.isVariableStatement(node)) return text + node.declarationList.declarations.map(ofRest).join("");
    if (ts.isBlock(node) && isParameterized(node.parent))
      return `{${node.parent.parameters.map(ofRestParameter).join("")}${text.slice(1)}`;
    if (isLiteral(node)) return `__explain.literal(${this.#literal(node)}, ${text})`;
    // An imported `let` is seen anew by those who import it.
    if (ts.isVariableDeclarationList(node) && node.declarations.some(isModuleConstant))
      return text.replace("const", "let  ");
    return text;
  }

  #site(node: ts.Node, parts: readonly Part[]): number {
    const shifted = parts.map((part) => ({ ...part, start: part.start - this.#shift }));
    return this.#recorder.sites.push({ ...this.#place(node), parts: shifted }) - 1;
  }

  #literal(node: ts.Node): number {
    return (
      this.#recorder.literals.push({
        ...this.#place(node),
        makesValue: !isInSchema(node) && !isMeans(node),
      }) - 1
    );
  }

  #place(node: ts.Node) {
    return { file: this.#source.fileName, start: node.getStart(this.#source) - this.#shift };
  }
}

/** What holds no expression of ours is left as it is. */
function isVerbatim(node: ts.Node): boolean {
  return (
    ts.isTypeNode(node) ||
    ts.isInterfaceDeclaration(node) ||
    ts.isTypeAliasDeclaration(node) ||
    ts.isImportDeclaration(node) ||
    ts.isExportDeclaration(node)
  );
}

function childrenOf(node: ts.Node): ts.Node[] {
  const children: ts.Node[] = [];
  ts.forEachChild(node, (child) => {
    children.push(child);
  });
  return children.sort((a, b) => a.pos - b.pos);
}

function objectParts(node: ts.ObjectLiteralExpression): Part[] {
  return node.properties.map((property): Part => {
    const start = property.getStart();
    if (ts.isSpreadAssignment(property)) return { kind: "spread", start, list: false };
    const { name } = property;
    return ts.isComputedPropertyName(name)
      ? { kind: "computed", start }
      : { kind: "key", key: name.text, start };
  });
}

function arrayParts(node: ts.ArrayLiteralExpression): Part[] {
  return node.elements.map((element): Part => {
    const start = element.getStart();
    return ts.isSpreadElement(element) ? { kind: "spread", start, list: true } : { kind: "element", start };
  });
}

/** A literal that makes a value: not the left side of an assignment, and none that waits for something. */
function isMade(node: ts.Node): boolean {
  return !isAssigned(node) && !waits(node);
}

function isAssigned(node: ts.Node): boolean {
  const { parent } = node;
  if (ts.isBinaryExpression(parent) && parent.operatorToken.kind === ts.SyntaxKind.EqualsToken)
    return parent.left === node;
  const isInner = ts.isArrayLiteralExpression(parent) || ts.isPropertyAssignment(parent);
  return isInner && isAssigned(ts.isPropertyAssignment(parent) ? parent.parent : parent);
}

function waits(node: ts.Node): boolean {
  if (ts.isFunctionLike(node)) return false;
  return ts.isAwaitExpression(node) || ts.isYieldExpression(node) || childrenOf(node).some(waits);
}

/** What is spread into a literal, and the computed names of its properties. */
function isKept({ parent }: ts.Node): boolean {
  if (!parent || !isOfLiteral(parent)) return false;
  const literal = ts.isComputedPropertyName(parent) ? parent.parent.parent : parent.parent;
  const isLiteral = ts.isObjectLiteralExpression(literal) || ts.isArrayLiteralExpression(literal);
  return isLiteral && isMade(literal);
}

function isOfLiteral(node: ts.Node): boolean {
  return ts.isSpreadAssignment(node) || ts.isSpreadElement(node) || ts.isComputedPropertyName(node);
}

function isLiteral(node: ts.Node): boolean {
  if (ts.isTemplateExpression(node) || ts.isNoSubstitutionTemplateLiteral(node))
    return !ts.isTaggedTemplateExpression(node.parent);
  if (node.kind === ts.SyntaxKind.TrueKeyword || node.kind === ts.SyntaxKind.FalseKeyword) return true;
  return (ts.isStringLiteral(node) || ts.isNumericLiteral(node)) && !isName(node);
}

function isName(node: ts.Node): boolean {
  const { parent } = node;
  return (parent as ts.NamedDeclaration).name === node || ts.isExpressionStatement(parent);
}

/** `…whole` of `const { field, ...rest } = whole`. */
function isTakenApart(node: ts.Node): boolean {
  const { parent } = node;
  return (
    parent &&
    ts.isVariableDeclaration(parent) &&
    parent.initializer === node &&
    restOf(parent.name) !== undefined
  );
}

/** Tells the recorder that a rest was made. */
function ofRest({ name }: ts.VariableDeclaration): string {
  const rest = restOf(name);
  return rest === undefined ? "" : ` __explain.rest(${rest});`;
}

function ofRestParameter({ name }: ts.ParameterDeclaration, index: number): string {
  const rest = restOf(name);
  return rest === undefined ? "" : ` __explain.rest(${rest}, arguments[${index}]);`;
}

function restOf(name: ts.BindingName): string | undefined {
  if (!ts.isObjectBindingPattern(name)) return undefined;
  return name.elements.find(({ dotDotDotToken }) => dotDotDotToken)?.name.getText();
}

/** A function with `arguments` of its own. */
function isParameterized(
  node: ts.Node,
): node is ts.FunctionDeclaration | ts.FunctionExpression | ts.MethodDeclaration {
  return ts.isFunctionDeclaration(node) || ts.isFunctionExpression(node) || ts.isMethodDeclaration(node);
}

type ModuleConstant = ts.VariableDeclaration & { readonly name: ts.Identifier };

/** `const name = value` at the top of a module; what is a function already is evaluated at each call. */
function isModuleConstant(node: ts.Node): node is ModuleConstant {
  if (!ts.isVariableDeclaration(node) || !ts.isIdentifier(node.name) || !node.initializer) return false;
  const isFunction = ts.isFunctionLike(node.initializer) || ts.isClassExpression(node.initializer);
  const isConst = (node.parent.flags & ts.NodeFlags.Const) !== 0;
  return isConst && !isFunction && !waits(node.initializer) && ts.isSourceFile(node.parent.parent.parent);
}

function isInitializer(node: ts.Node): node is ts.Expression & { readonly parent: ModuleConstant } {
  return node.parent && isModuleConstant(node.parent) && node.parent.initializer === node;
}

/** Checks of shapes refuse values, and make none. */
function isInSchema(node: ts.Node): boolean {
  if (!node.parent) return false;
  const isNamedSchema =
    (ts.isPropertyAssignment(node) || ts.isVariableDeclaration(node)) && node.name.getText() === "schema";
  return isNamedSchema || (ts.isCallExpression(node) && callee(node) === "z") || isInSchema(node.parent);
}

/** A literal that is compared, or tells a method of text, lists or numbers what to do. */
function isMeans(node: ts.Node): boolean {
  const { parent } = node;
  if (ts.isBinaryExpression(parent)) return comparisons.has(parent.operatorToken.kind);
  if (ts.isPrefixUnaryExpression(parent)) return isMeans(parent);
  if (ts.isElementAccessExpression(parent)) return true;
  return (
    ts.isCallExpression(parent) &&
    ts.isPropertyAccessExpression(parent.expression) &&
    methods.has(parent.expression.name.text)
  );
}

const comparisons: ReadonlySet<ts.SyntaxKind> = new Set([
  ts.SyntaxKind.EqualsEqualsEqualsToken,
  ts.SyntaxKind.ExclamationEqualsEqualsToken,
  ts.SyntaxKind.LessThanToken,
  ts.SyntaxKind.LessThanEqualsToken,
  ts.SyntaxKind.GreaterThanToken,
  ts.SyntaxKind.GreaterThanEqualsToken,
]);

const methods: ReadonlySet<string> = new Set(
  [String.prototype, Array.prototype, Number.prototype].flatMap((prototype) =>
    Object.getOwnPropertyNames(prototype),
  ),
);

/** `z` of `z.string().max(5)`. */
function callee(node: ts.Expression): string {
  if (ts.isCallExpression(node) || ts.isPropertyAccessExpression(node)) return callee(node.expression);
  return ts.isIdentifier(node) ? node.text : "";
}
