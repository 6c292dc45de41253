/** JSON as YAML, to be read and edited. Small: the library, which also reads YAML, is three times as large as a page. */

/** The text of any JSON value; texts stay on one line, however long. */
export function writeYaml(value: unknown): string {
  return `${linesOf(value).join("\n")}\n`;
}

function linesOf(value: unknown): string[] {
  if (Array.isArray(value) && value.length > 0) return value.flatMap((item) => hang("- ", linesOf(item)));
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    const members = Object.entries(value).filter(([, member]) => member !== undefined);
    if (members.length > 0) return members.flatMap(([name, member]) => writeMember(name, member));
  }
  return [typeof value === "string" ? writeString(value) : JSON.stringify(value)];
}

function writeMember(name: string, value: unknown): string[] {
  const key = writeString(name);
  const lines = linesOf(value);
  if (key.length > LONGEST_KEY) return [`? ${key}`, ...hang(": ", lines)];
  const isBlock = typeof value === "object" && value !== null && Object.keys(value).length > 0;
  return isBlock ? [`${key}:`, ...lines.map((line) => `  ${line}`)] : [`${key}: ${lines[0] ?? ""}`];
}

/** A longer one needs its `?`: https://yaml.org/spec/1.2.2/#742-flow-mappings */
const LONGEST_KEY = 1_000;

function hang(head: string, [first = "", ...others]: readonly string[]): string[] {
  return [head + first, ...others.map((line) => `  ${line}`)];
}

/** What needs no quotes, whatever reads it: begins with a letter, and has nothing that may be an indicator. */
const PLAIN = /^\p{L}(?:[\x20-\x7E\p{L}\p{N}]*[\x21-\x7E\p{L}\p{N}])?$/u;
/** What is something else than text, for YAML 1.1 as well. */
const WORDS = /^(?:true|false|null|yes|no|on|off|y|n)$/i;
/** Beyond what JSON itself escapes: what is not printable, breaks lines, or turns the direction of what is around it. */
const UNSEEN = /[\u007F-\u009F\u200B-\u200F\u2028-\u202E\u2060-\u2069\uFEFF\uFFFE\uFFFF]/g;

function writeString(text: string): string {
  if (PLAIN.test(text) && !/[:#]/.test(text) && !WORDS.test(text)) return text;
  return JSON.stringify(text).replaceAll(
    UNSEEN,
    (letter) => String.raw`\u` + letter.charCodeAt(0).toString(16).padStart(4, "0"),
  );
}
