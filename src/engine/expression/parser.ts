/**
 * The grammar of CEL (https://github.com/google/cel-spec/blob/v0.25.1/doc/langdef.md#syntax), by recursive descent:
 * one token decides, nothing is read twice, so that no text takes long. What Detent does not have is refused here by
 * name: messages, optional fields.
 */
import { LIMITS } from "../limits.ts";
import { describeToken, tokenize, type Token } from "./lexer.ts";
import { ExpressionProblem, LimitProblem } from "./problem.ts";
import type { EntryNode, Macro, Node } from "./syntax.ts";
import { Uint } from "./values.ts";

const MAX_INT = 2n ** 63n - 1n;
const MAX_UINT = 2n ** 64n - 1n;
const RELATIONS: ReadonlySet<string> = new Set(["<", "<=", ">", ">=", "==", "!="]);
const SUMS: ReadonlySet<string> = new Set(["+", "-"]);
const PRODUCTS: ReadonlySet<string> = new Set(["*", "/", "%"]);
const MACROS: ReadonlyMap<string, Macro> = new Map([
  ["all", "all"],
  ["exists", "exists"],
  ["exists_one", "existsOne"],
  ["existsOne", "existsOne"],
  ["map", "map"],
  ["filter", "filter"],
]);
const CONSTANTS: ReadonlyMap<string, boolean | null> = new Map([
  ["true", true],
  ["false", false],
  ["null", null],
]);
/** Words that CEL keeps for languages around it. */
const RESERVED: ReadonlySet<string> = new Set(
  "as break const continue else for function if import in let loop package namespace return var void while".split(" "),
);

/**
 * Reads an expression.
 *
 * @throws ExpressionProblem
 */
export function parse(source: string): Node {
  const parser = new Parser(tokenize(source));
  return parser.readAll();
}

class Parser {
  readonly #tokens: readonly Token[];
  #next = 0;
  #depth = 0;
  #nodes = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  readAll(): Node {
    if (this.#peek().type === "end") throw new ExpressionProblem("the expression is empty", 0);
    const node = this.#readChoice();
    if (this.#peek().type !== "end") this.#refuse("an operator or the end");
    return node;
  }

  #readChoice(): Node {
    this.#enter();
    let node = this.#readOr();
    if (this.#isSign("?")) {
      const { at } = this.#take();
      const yes = this.#readOr();
      this.#expect(":");
      const no = this.#readChoice();
      node = this.#make({ kind: "choice", condition: node, yes, no, at });
    }
    this.#depth--;
    return node;
  }

  #readOr(): Node {
    let node = this.#readAnd();
    while (this.#isSign("||")) {
      const { at } = this.#take();
      node = this.#make({ kind: "or", left: node, right: this.#readAnd(), at });
    }
    return node;
  }

  #readAnd(): Node {
    let node = this.#readRelation();
    while (this.#isSign("&&")) {
      const { at } = this.#take();
      node = this.#make({ kind: "and", left: node, right: this.#readRelation(), at });
    }
    return node;
  }

  #readRelation(): Node {
    let node = this.#readBinary(SUMS, () => this.#readProduct());
    for (;;) {
      const token = this.#peek();
      const isIn = token.type === "name" && token.value === "in";
      if (!isIn && !(token.type === "sign" && RELATIONS.has(token.value))) return node;
      this.#take();
      const right = this.#readBinary(SUMS, () => this.#readProduct());
      node = this.#makeCall(isIn ? "@in" : `_${token.value}_`, [node, right], token.at);
    }
  }

  #readProduct(): Node {
    return this.#readBinary(PRODUCTS, () => this.#readUnary());
  }

  #readBinary(signs: ReadonlySet<string>, readOperand: () => Node): Node {
    let node = readOperand();
    for (;;) {
      const token = this.#peek();
      if (token.type !== "sign" || !signs.has(token.value)) return node;
      this.#take();
      node = this.#makeCall(`_${token.value}_`, [node, readOperand()], token.at);
    }
  }

  #readUnary(): Node {
    const token = this.#peek();
    if (token.type !== "sign" || (token.value !== "!" && token.value !== "-")) return this.#readMember();
    const signs: number[] = [];
    while (this.#isSign(token.value)) signs.push(this.#take().at);
    const number = this.#peek();
    let node: Node;
    if (token.value === "-" && (number.type === "int" || number.type === "double")) {
      // The least int has no positive counterpart, so the sign belongs to the number.
      this.#take();
      if (number.type === "int" && number.value > MAX_INT + 1n) this.#refuseRange("an int", number.at);
      node = this.#readSuffixes(this.#make({ kind: "literal", value: -number.value, at: signs.pop() ?? 0 }));
    } else node = this.#readMember();
    for (const at of signs.toReversed()) node = this.#makeCall(`${token.value}_`, [node], at);
    return node;
  }

  #readMember(): Node {
    return this.#readSuffixes(this.#readPrimary());
  }

  #readSuffixes(primary: Node): Node {
    let node = primary;
    for (let steps = 0; ; steps++) {
      // What is read nests no deeper; a chain of hundreds would cost the square of its length to describe.
      if (steps > LIMITS.expressionDepth) {
        const message = `a value is reached in at most ${LIMITS.expressionDepth} steps`;
        throw new LimitProblem(message, this.#peek().at);
      }
      if (this.#isSign(".")) node = this.#readSelection(node);
      else if (this.#isSign("[")) {
        const { at } = this.#take();
        this.#refuseOptional();
        const index = this.#readChoice();
        this.#expect("]");
        node = this.#make({ kind: "index", operand: node, index, at });
      } else if (this.#isSign("{") && isTypeName(node)) {
        throw new ExpressionProblem('messages cannot be made; write a map: {"field": value}', this.#peek().at);
      } else return node;
    }
  }

  #readSelection(operand: Node): Node {
    this.#take();
    this.#refuseOptional();
    const token = this.#take();
    // After a dot the words that CEL reserves are fields like any other, but for these.
    if (token.type === "name" && (CONSTANTS.has(token.value) || token.value === "in")) {
      throw new ExpressionProblem(`"${token.value}" cannot stand behind a dot; write ["${token.value}"]`, token.at);
    }
    if (token.type !== "name" && token.type !== "quoted") return this.#refuse("the name of a field", token);
    if (token.type === "name" && this.#isSign("(")) {
      this.#take();
      const args = this.#readList(")");
      return (
        this.#expandLoop(operand, token.value, args, token.at) ??
        this.#makeCall(token.value, [operand, ...args], token.at, true)
      );
    }
    return this.#make({ kind: "select", operand, field: token.value, at: token.at });
  }

  #expandLoop(range: Node, name: string, args: readonly Node[], at: number): Node | undefined {
    const macro = MACROS.get(name);
    if (macro === undefined) return undefined;
    const isFilteredMap = macro === "map" && args.length === 3;
    if (args.length !== 2 && !isFilteredMap) {
      throw new ExpressionProblem(
        `${name}() takes a variable and ${macro === "map" ? "one or two expressions" : "an expression"}`,
        at,
      );
    }
    const [variable, first, second] = args;
    if (variable?.kind !== "name" || variable.isGlobal) {
      throw new ExpressionProblem(`the first argument of ${name}() is the name of a variable`, variable?.at ?? at);
    }
    const body = second ?? first;
    if (body === undefined) return undefined;
    return this.#make({
      kind: "loop",
      macro,
      range,
      variable: variable.name,
      filter: isFilteredMap ? first : undefined,
      body,
      at,
    });
  }

  #readPrimary(): Node {
    const token = this.#take();
    switch (token.type) {
      case "int":
        if (token.value > MAX_INT) this.#refuseRange("an int", token.at);
        return this.#make({ kind: "literal", value: token.value, at: token.at });
      case "uint":
        if (token.value > MAX_UINT) this.#refuseRange("a uint", token.at);
        return this.#make({ kind: "literal", value: new Uint(token.value), at: token.at });
      case "double":
      case "string":
      case "bytes":
        return this.#make({ kind: "literal", value: token.value, at: token.at });
      case "name":
        return this.#readName(token.value, token.at, false);
      case "sign":
        break;
      case "quoted":
      case "end":
        return this.#refuse("a value", token);
    }
    switch (token.value) {
      case "(": {
        const node = this.#readChoice();
        this.#expect(")");
        return node;
      }
      case "[":
        return this.#make({ kind: "list", items: this.#readList("]"), at: token.at });
      case "{":
        return this.#make({ kind: "map", entries: this.#readEntries(), at: token.at });
      case ".": {
        const name = this.#take();
        return name.type === "name" ? this.#readName(name.value, name.at, true) : this.#refuse("a name", name);
      }
      default:
        return this.#refuse("a value", token);
    }
  }

  #readName(name: string, at: number, isGlobal: boolean): Node {
    const constant = CONSTANTS.get(name);
    if (constant !== undefined && !isGlobal) return this.#make({ kind: "literal", value: constant, at });
    if (RESERVED.has(name)) throw new ExpressionProblem(`"${name}" is a word that CEL reserves`, at);
    if (!this.#isSign("(")) return this.#make({ kind: "name", name, isGlobal, at });
    this.#take();
    const args = this.#readList(")");
    if (name !== "has") return this.#makeCall(name, args, at);
    const [field] = args;
    if (args.length !== 1 || field?.kind !== "select") {
      throw new ExpressionProblem("has() takes a field, as in has(data.paid)", at);
    }
    return this.#make({ kind: "has", operand: field.operand, field: field.field, at });
  }

  /** Up to `closing`, which it takes; a comma may stand behind the last of a list. */
  #readList(closing: ")" | "]"): readonly Node[] {
    const items: Node[] = [];
    while (!this.#isSign(closing)) {
      this.#refuseOptional();
      items.push(this.#readChoice());
      if (!this.#isSign(",")) break;
      this.#take();
      if (closing === ")" && this.#isSign(")")) this.#refuse("an argument");
    }
    this.#expect(closing);
    return items;
  }

  #readEntries(): readonly EntryNode[] {
    const entries: EntryNode[] = [];
    while (!this.#isSign("}")) {
      this.#refuseOptional();
      const key = this.#readChoice();
      this.#expect(":");
      entries.push({ key, value: this.#readChoice() });
      if (!this.#isSign(",")) break;
      this.#take();
    }
    this.#expect("}");
    return entries;
  }

  #make(node: Node): Node {
    this.#nodes++;
    if (this.#nodes > LIMITS.expressionNodes) {
      throw new LimitProblem(`an expression has at most ${LIMITS.expressionNodes} parts`, node.at);
    }
    return node;
  }

  #makeCall(name: string, args: readonly Node[], at: number, isMethod = false): Node {
    return this.#make({ kind: "call", name, isMethod, args, at });
  }

  #enter(): void {
    this.#depth++;
    if (this.#depth <= LIMITS.expressionDepth) return;
    throw new LimitProblem(`an expression nests at most ${LIMITS.expressionDepth} deep`, this.#peek().at);
  }

  #peek(): Token {
    const token = this.#tokens[this.#next];
    if (token === undefined) throw new Error("read past the end");
    return token;
  }

  #take(): Token {
    const token = this.#peek();
    if (token.type !== "end") this.#next++;
    return token;
  }

  #isSign(sign: string): boolean {
    const token = this.#peek();
    return token.type === "sign" && token.value === sign;
  }

  #expect(sign: string): void {
    if (!this.#isSign(sign)) this.#refuse(`"${sign}"`);
    this.#take();
  }

  #refuseOptional(): void {
    if (!this.#isSign("?")) return;
    throw new ExpressionProblem("optional values (?) are not supported; ask with has()", this.#peek().at);
  }

  #refuse(expected: string, token: Token = this.#peek()): never {
    throw new ExpressionProblem(`expected ${expected}, found ${describeToken(token)}`, token.at);
  }

  #refuseRange(what: string, at: number): never {
    throw new ExpressionProblem(`the number is too large for ${what}`, at);
  }
}

function isTypeName(node: Node): boolean {
  return node.kind === "name" || (node.kind === "select" && isTypeName(node.operand));
}
