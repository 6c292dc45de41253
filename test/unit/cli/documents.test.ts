import { expect, test } from "vitest";
import { parseFile } from "../../../src/cli/documents.ts";

test("documents are read one by one, each with its own places", () => {
  const text = "# nothing\n---\na: 1\n---\n---\n- b\n-   c: {d: 2}\n...\n---\n'x'\n";
  const documents = parseFile("f", text);
  expect(documents.map(({ value }) => value)).toEqual([{ a: 1 }, ["b", { c: { d: 2 } }], "x"]);
  const [first, second, third] = documents;
  expect(first?.placeOf("/a")).toEqual({ line: 3, column: 1 });
  expect(["/1/c", "/1/c/d", "/1/e", "/7"].map((pointer) => second?.placeOf(pointer))).toEqual([
    { line: 7, column: 5 },
    { line: 7, column: 9 },
    { line: 7, column: 5 },
    { line: 6, column: 1 },
  ]);
  expect(third?.placeOf("")).toEqual({ line: 10, column: 1 });
});

test("JSON has places, too, and so has what an alias stands for", () => {
  const [json] = parseFile("f", '{\n  "a": [1,\n    {"b~c/d": 2}]\n}');
  expect(json?.placeOf("/a/1/b~0c~1d")).toEqual({ line: 3, column: 6 });
  const [alias] = parseFile("f", "a: &x\n  b: 1\nc: *x\n");
  expect(alias?.value).toEqual({ a: { b: 1 }, c: { b: 1 } });
  expect(alias?.placeOf("/c/b")).toEqual({ line: 2, column: 3 });
});

test.each([
  ["a: [1\n", "f:2:1: "],
  ["a: 1\n---\nb: *c\n", "f"],
  ["a: 1\na: 2\n", "f:2:1: "],
  [
    `a: &a [${"x,".repeat(9)}]\n${["b", "c", "d", "e"].map((key, i) => `${key}: &${key} [${`*${"abcd"[i]},`.repeat(9)}]`).join("\n")}`,
    "f: ",
  ],
  ["a: 1\nb: &x\n  c:\n    - *x\n", "f:4:7: *x stands for something that it is in itself"],
  ["&x\na: *x\n", "f:2:4: *x"],
])("%j is refused with its place", (text, message) => {
  expect(() => parseFile("f", text)).toThrow(message);
});

test("keys of any name are values of their own", () => {
  const [document] = parseFile("f", "__proto__: {a: 1}\nconstructor: 2\n");
  expect(Object.entries(document?.value as object)).toEqual([
    ["__proto__", { a: 1 }],
    ["constructor", 2],
  ]);
});
