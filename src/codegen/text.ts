/** Other people's text inside of ours: as literals, as comments, as names. Whatever it holds, it stays where it is put. */

/** What is not seen, or changes how what is around it is seen. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** `text` as a string literal of TypeScript. */
export function literalOf(text: string): string {
  // JSON escapes lone surrogates; what is not seen is escaped as well, so that nobody reads another name than there is.
  return JSON.stringify(text).replaceAll(UNSEEN, (found) =>
    [...Array(found.length).keys()]
      .map((index) => `\\u${found.charCodeAt(index).toString(16).padStart(4, "0")}`)
      .join(""),
  );
}

/**
 * What compilers and linters take for an order to them: `@ts-expect-error`, `@internal`, which is found inside of words, too. The
 * sign that stands for it looks the same and is none.
 */
const ORDER = /@(?=internal)|(?<![\p{L}\p{N}])@(?=\p{L})/gu;

/** One line of a comment. */
function commentLineOf(text: string): string {
  return text.replaceAll(UNSEEN, " ").replaceAll("*/", "*\\/").replaceAll(ORDER, "\uff20");
}

/** `text` as a comment of its own, in front of what it is about. */
export function commentOf(text: string, indent: string): string {
  const lines = text
    .toWellFormed()
    .split(/\r\n|[\n\r\u2028\u2029]/)
    .map((line) => commentLineOf(line).trimEnd());
  if (lines.length === 1) return `${indent}/** ${lines[0]?.trim()} */\n`;
  return `${indent}/**\n${lines.map((line) => `${indent} *${line === "" ? "" : ` ${line}`}\n`).join("")}${indent} */\n`;
}

/** `text` as the rest of a line that is a comment. */
export function lineCommentOf(text: string): string {
  // Only at its beginning could it be an order; elsewhere a command may name a package.
  return `// ${text.toWellFormed().replaceAll(UNSEEN, " ").trim().replace(/^@/, "\uff20")}\n`;
}

/** What makes no word of a name, and what is left out of one since it is not seen. Beyond the basic plane compilers differ in what they know. */
const BETWEEN = /[^\p{ID_Continue}]|_|[\u{10000}-\u{10ffff}]/gu;
const IGNORED = /\p{Default_Ignorable_Code_Point}/gu;
const IDENTIFIER = /^[\p{ID_Start}_][\p{ID_Continue}]*$/u;

/** `text` as a name of a type, `InStock` for `in stock`; empty where nothing of it can stand in one. */
export function pascalOf(text: string): string {
  const words = text.normalize("NFC").replaceAll(IGNORED, "").replaceAll(BETWEEN, " ").split(" ");
  const name = words.map((word) => word.slice(0, 1).toUpperCase() + word.slice(1)).join("");
  const safe = /^\p{ID_Start}/u.test(name) || name === "" ? name : `_${name}`;
  return IDENTIFIER.test(safe) ? safe : "";
}

/** Words that are no names of a value in a module; `exports` and `require` are none in one that becomes CommonJS. */
const RESERVED: ReadonlySet<string> = new Set(
  (
    "arguments await break case catch class const continue debugger default delete do else enum eval export exports extends " +
    "false finally for function if implements import in instanceof interface let new null package private protected public " +
    "require return static super switch this throw true try typeof undefined var void while with yield NaN Infinity defineConfiguration"
  ).split(" "),
);

/** `text` as a name of a value, `selfHealing` for `self-healing`; `text` begins with a letter. */
export function camelOf(text: string): string {
  const name = pascalOf(text);
  const camel = name.slice(0, 1).toLowerCase() + name.slice(1);
  return RESERVED.has(camel) ? `${camel}_` : camel;
}

/** Names of a module, each given once. */
export class NameTable {
  readonly #taken: Set<string>;

  constructor(taken: readonly string[]) {
    this.#taken = new Set(taken);
  }

  /** `name`, with a number where it is taken. */
  take(name: string): string {
    let free = name;
    for (let number = 2; this.#taken.has(free); number++) free = `${name}${number}`;
    this.#taken.add(free);
    return free;
  }
}
