/** Lines and what they ask for: however the bytes come, and whatever is in them. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { readItem } from "../../../src/cli/load/item.ts";
import { isBlank, LONGEST_LINE_BYTES, splitLines, type TextLine } from "../../../src/cli/load/lines.ts";
import { LineSet, toRanges } from "../../../src/cli/load/line-set.ts";

async function* inChunks(bytes: Buffer, sizes: readonly number[]): AsyncGenerator<Buffer> {
  let at = 0;
  for (const size of sizes) {
    yield bytes.subarray(at, at + size);
    at += size;
  }
  yield bytes.subarray(at);
}

async function read(bytes: Buffer, sizes: readonly number[] = []): Promise<TextLine[]> {
  const lines = [];
  for await (const line of splitLines(inChunks(bytes, sizes))) lines.push(line);
  return lines;
}

test("lines are the same, however the bytes are cut", async () => {
  const text = fc.array(fc.stringMatching(/^[a-zé\r ]{0,12}$/), { maxLength: 20 }).map((lines) => lines.join("\n"));
  await fc.assert(
    fc.asyncProperty(text, fc.array(fc.nat(9)), async (content, sizes) => {
      const lines = await read(Buffer.from(content), sizes);
      const expected = content.split("\n");
      if (expected.at(-1) === "") expected.pop();
      expect(lines.map(({ bytes }) => bytes?.toString())).toEqual(expected);
      expect(lines.map(({ number }) => number)).toEqual(expected.map((_, index) => index + 1));
    }),
  );
});

test("a line that is too long is not kept, and those around it are read", async () => {
  const long = "x".repeat(LONGEST_LINE_BYTES + 1);
  const lines = await read(Buffer.from(`a\n${long}\nb`), [700_000, 700_000]);
  expect(lines.map(({ bytes }) => bytes?.toString())).toEqual(["a", undefined, "b"]);
  expect((await read(Buffer.from(long.slice(1))))[0]?.bytes?.byteLength).toBe(LONGEST_LINE_BYTES);
});

test("a byte order mark in front is passed over; a line of blanks is blank", async () => {
  const lines = await read(Buffer.from("\ufeffa\n \t\r\n"));
  expect(lines.map(({ bytes }) => bytes?.toString())).toEqual(["a", " \t\r"]);
  expect(lines.map(isBlank)).toEqual([false, true]);
});

test("a set of lines holds what was added, and its watermark is where the first is missing", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 60 })), (added) => {
      const set = new LineSet();
      for (const line of added) set.add(line);
      const all = new Set(added);
      for (let line = 1; line <= 61; line += 1) expect(set.has(line)).toBe(all.has(line));
      let first = 1;
      while (all.has(first)) first += 1;
      expect(set.watermark).toBe(first - 1);
      const again = toRanges(added).flatMap(([from, to]) => Array.from({ length: to - from + 1 }, (_, i) => from + i));
      expect(again).toEqual([...all].toSorted((a, b) => a - b));
    }),
  );
});

function lineOf(value: unknown, number = 1): TextLine {
  return { number, bytes: Buffer.from(typeof value === "string" ? value : JSON.stringify(value)) };
}

const CREATE = { create: { config_id: "orders:v3", data: { a: 1 } } };
const SEND = { send: { configuration: "orders", id: "order-1", event: "ship" } };

test("what has no id gets one of the file and the line: the same again for the same, another for any other", () => {
  const ids = [
    readItem(lineOf(CREATE, 1), "file"),
    readItem(lineOf(CREATE, 2), "file"),
    readItem(lineOf(CREATE, 1), "other file"),
  ].map(({ body }) => body.id);
  expect(new Set(ids).size).toBe(3);
  expect(readItem(lineOf(CREATE, 1), "file").body.id).toBe(ids[0]);
  expect(ids[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  const sent = readItem(lineOf(SEND, 7), "file");
  expect(sent).toMatchObject({ kind: "send", machine: "orders/order-1", body: SEND.send });
  expect(readItem(lineOf(SEND, 7), "file")).toEqual(sent);
  expect(readItem(lineOf({ send: { ...SEND.send, event_id: "e1" } }), "file").body).toMatchObject({ event_id: "e1" });
});

test("a creation has the same key wherever it stands, and another one when its content is another", () => {
  const keyOf = (create: object, line: number): string => {
    const item = readItem(lineOf({ create }, line), `file ${line}`);
    return item.kind === "create" ? item.key : "";
  };
  const create = { config_id: "orders:v3", id: "order-1", data: { a: 1 } };
  expect(keyOf(create, 1)).toBe(keyOf({ ...create, labels: {} }, 2));
  const others = [{ data: { a: 2 } }, { id: "order-2" }, { state: "s" }, { labels: { l: "x" } }, { config_id: "o:v3" }];
  const keys = others.map((other) => keyOf({ ...create, ...other }, 1));
  expect(new Set([...keys, keyOf(create, 1)]).size).toBe(6);
});

test("keys come in both cases; a report's lines are lines again", () => {
  const item = readItem(
    lineOf({ send: { ...SEND.send, eventId: "e", expectedRevision: 3 }, failure: { line: 9 } }),
    "f",
  );
  expect(item.body).toMatchObject({ event_id: "e", expected_revision: 3 });
});

test.each([
  ["{", "the line is not valid JSON"],
  ["[]", "must be a JSON object"],
  ["{}", 'one of "create" and "send"'],
  [{ ...CREATE, ...SEND }, 'one of "create" and "send"'],
  [{ create: {} }, "create.config_id is required"],
  [{ send: { ...SEND.send, gaurd: 1 } }, 'there is no field "gaurd" in send'],
  [{ send: { ...SEND.send, data: [] } }, "send.data: must be a JSON object"],
  [{ create: { config_id: 7, id: 8 } }, "and 1 more"],
  [`{"create": {"config_id": "a", "data": ${"[".repeat(60)}${"]".repeat(60)}}}`, "nests deeper"],
])("the line %j says what is wrong with it: %s", (line, message) => {
  expect(() => readItem(lineOf(line), "file")).toThrow(message);
});

test("bytes that are no text, and a line that was too long, are told", () => {
  expect(() => readItem({ number: 1, bytes: Buffer.from([0x22, 0xff, 0x22]) }, "file")).toThrow("not valid UTF-8");
  expect(() => readItem({ number: 1, bytes: undefined }, "file")).toThrow("longer than 1048576 bytes");
});
