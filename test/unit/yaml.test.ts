/** YAML from anyone: what JSON can say is read, all else is refused with its line, and nothing costs more than a moment. */
import { describe, expect, test } from "vitest";
import { DetentError } from "../../src/errors.ts";
import { parseYaml } from "../../src/yaml.ts";

function refusalOf(text: string): { reason: string; message: string } {
  try {
    parseYaml(text);
  } catch (error) {
    if (error instanceof DetentError) return { reason: error.reason, message: error.message };
    throw error;
  }
  throw new Error("it was read");
}

test.each([
  ["a: 1\nb: [x, 'y', \"z\"]\n", { a: 1, b: ["x", "y", "z"] }],
  ['{"a": {"b": [1, 2.5, -3e2, true, null, "\\ud83d\\ude00"]}}', { a: { b: [1, 2.5, -300, true, null, "😀"] } }],
  ['{\n\t"a":\t1,\n\t"b": "c\\/d"\n}', { a: 1, b: "c/d" }],
  ["---\na: 1\n...\n", { a: 1 }],
  ["%YAML 1.1\n---\na: yes\n", { a: "yes" }],
  [
    "a: yes\nb: 3000-01-01T12:00:00\nc: 0x10\nd: 0\ne: 0.5\nf: '010'\n",
    { a: "yes", b: "3000-01-01T12:00:00", c: 16, d: 0, e: 0.5, f: "010" },
  ],
  ["# nothing but a comment\n", null],
  ["", null],
])("%j is read", (text, value) => {
  expect(parseYaml(text).value).toEqual(value);
});

test("a key of any name is a member and nothing else", () => {
  const { value } = parseYaml("__proto__: {a: 1}\nconstructor: 2\n");
  expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
  expect(Object.entries(value as object)).toEqual([
    ["__proto__", { a: 1 }],
    ["constructor", 2],
  ]);
});

test.each([
  ["a: b: c", 1, "bad indentation of a mapping entry"],
  ["--- states.yaml ---\ncurrent_state: a\n", 2, "end of the stream or a document separator is expected"],
  ["a: 1\nb: [1, 2\nc: 3\n", 3, "deficient indentation"],
  ["a: 1\n b: 2\n", 2, "bad indentation of a mapping entry"],
  ["a: 1\n\tb: 2\n", 2, "tab characters"],
  ['a:\n  - "\\x"\n', 2, "expected hexadecimal character"],
  ["a: &x 1\n", 1, "an anchor"],
  ["a: 1\nb: *a\n", 2, "alias"],
  ["a: 1\nb: !!python/object:os.system {}\n", 2, "a tag"],
  ["a: 1\nb: !!str 1\n", 2, "a tag"],
  ["a: 1\n<<: {b: 2}\na: 2\n", 3, 'the key "a" is there twice'],
  ["a: 1\n1: 2\n", 2, "a key must be a text"],
  ["a: 1\n? [x]\n: 2\n", 2, "a key must be a text"],
  ["a: 1\n---\nb: 1\n", 2, "a second document"],
  ["a: 1\nb: 010\n", 2, "must not begin with 0"],
])("%j is refused for what is in line %i", (text, line, part) => {
  const { reason, message } = refusalOf(text);
  expect(reason).toBe("INVALID_ARGUMENT");
  expect(message).toMatch(new RegExp(`^line ${line}: (?!line)`));
  expect(message).toContain(part);
});

test("what is wrong is told in a few words, however much is wrong", () => {
  expect(refusalOf(`a: ${"[".repeat(40)}${"x".repeat(10_000)}:`).message.length).toBeLessThan(300);
});

test("a text longer than a configuration may be is not read", () => {
  expect(refusalOf("a".repeat(256 * 1024 + 1))).toMatchObject({ reason: "LIMIT_EXCEEDED" });
  expect(parseYaml(`a: ${"b".repeat(200_000)}`).value).toEqual({ a: "b".repeat(200_000) });
});

describe("of the longest text that is read, written to be slow", () => {
  const LONGEST = 256 * 1024;
  test.each([
    ["lists in lists", "[", "LIMIT_EXCEEDED"],
    ["maps in maps", "{a: ", "LIMIT_EXCEEDED"],
    ["lists in lists, by dashes", "- ", "LIMIT_EXCEEDED"],
    ["keys of keys", "? ", "LIMIT_EXCEEDED"],
    ["a long list", "- 1\n", ""],
    ["a long list in brackets", "1,", "", "[", "]"],
    ["empty maps", "{},", "", "[", "]"],
    ["comments", "#\n", ""],
    ["documents", "---\n", "INVALID_ARGUMENT"],
    ["anchors", "- &a x\n", "INVALID_ARGUMENT"],
    ["broken directives", "%a\n", "INVALID_ARGUMENT"],
    ["marks", '@`}{]["', "INVALID_ARGUMENT"],
    ["broken escapes", "\\x", "INVALID_ARGUMENT", 'a: "', '"'],
    ["lines of a text in quotes", "x\n ", "", 'a: "', '"'],
    ["lines of a text", "x\n ", "", "a: "],
    ["lines of a block", " x\n", "", "a: |\n"],
  ])("%s end", (_name, part, reason, before = "", after = "") => {
    const text = before + part.repeat(Math.floor((LONGEST - before.length - after.length) / part.length)) + after;
    if (reason === "") expect(parseYaml(text).lineOf("")).toBeGreaterThan(0);
    else expect(refusalOf(text).reason).toBe(reason);
  });

  test("billions of laughs are not laughed", () => {
    const lines = Array.from({ length: 30 }, (_, i) => `a${i + 1}: &a${i + 1} [${`*a${i},`.repeat(9)}]`);
    expect(refusalOf(`a0: &a0 lol\n${lines.join("\n")}\n`).message).toContain("line 1: an anchor");
  });
});

test("a part is found by its pointer, and what is not there by what is around it", () => {
  const { lineOf } = parseYaml("# first\na: 1\nb:\n  - c/d:\n      1\n    e~f: 2\n  -\n    - x\n");
  const pointers = ["", "/a", "/b", "/b/0", "/b/0/c~1d", "/b/0/e~0f", "/b/1/0", "/b/1/7", "/b/0/nothing", "/nothing"];
  expect(pointers.map(lineOf)).toEqual([2, 2, 3, 4, 4, 6, 8, 8, 4, 2]);
  expect(parseYaml("").lineOf("/a")).toBe(1);
});
