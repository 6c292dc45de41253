import type { JsonObject } from "@bufbuild/protobuf";
import { describe, expect, test } from "vitest";
import { beginDraft, readDraft, switchDraft, type Draft } from "../../../src/console/ui/schema-draft.ts";
import { readFields } from "../../../src/console/ui/schema-fields.ts";

const SCHEMA: JsonObject = {
  type: "object",
  required: ["amount", "card"],
  properties: {
    amount: { type: "number", exclusiveMinimum: 0, description: "In euros." },
    count: { type: "integer" },
    card: { type: "object", required: ["number"], properties: { number: { type: "string", maxLength: 19 } } },
    shop: { $ref: "#/$defs/shop" },
    express: { type: "boolean" },
    kind: { enum: ["new", 7, null] },
    on: { type: "string", format: "date" },
    tags: { type: "array" },
    either: { anyOf: [{ type: "string" }, { type: "number" }] },
    note: { type: "string", default: "none" },
  },
  $defs: { shop: { type: "object", properties: { "a/b": { type: "string" } } } },
};
const fields = readFields(SCHEMA) ?? [];

function fill(texts: Record<string, string>): Draft {
  return { isJson: false, texts: new Map(Object.entries(texts)), json: "" };
}

describe("fields", () => {
  test("are of the kinds that the schema says, in its order", () => {
    expect(fields.map(({ name, kind, isRequired }) => [name, kind, isRequired])).toEqual([
      ["amount", "number", true],
      ["count", "integer", false],
      ["card", "object", true],
      ["shop", "object", false],
      ["express", "boolean", false],
      ["kind", "choice", false],
      ["on", "text", false],
      ["tags", "json", false],
      ["either", "json", false],
      ["note", "text", false],
    ]);
    expect(fields[2]?.fields[0]).toMatchObject({ pointer: "/card/number", isRequired: true });
  });

  test("say their rules", () => {
    expect(fields[0]?.hint).toBe("In euros. More than 0.");
    expect(fields[2]?.fields[0]?.hint).toBe("At most 19 characters.");
    expect(fields[7]?.hint).toBe("JSON, array.");
  });

  test("of references that go round or lead nowhere come to an end", () => {
    const tree: JsonObject = { type: "object", properties: { child: { $ref: "#" }, lost: { $ref: "#/$defs/none" } } };
    expect(readFields(tree)?.map(({ kind }) => kind)).toEqual(["object", "json"]);
    expect(readFields({ properties: { a: { $ref: "#/$defs/b" } }, $defs: { b: { $ref: "#/$defs/b" } } })).toHaveLength(
      1,
    );
  });

  test("of a schema with ever more of them make no form", () => {
    const names = Array.from({ length: 50 }, (_, i) => [`p${i}`, { $ref: "#" }] as const);
    expect(readFields({ type: "object", properties: Object.fromEntries(names) })).toBeUndefined();
  });

  test("there are none without properties", () => {
    expect(readFields(undefined)).toBeUndefined();
    expect(readFields({ type: "object" })).toBeUndefined();
  });
});

describe("a payload", () => {
  test("has numbers as numbers, and nothing for what was left empty", () => {
    const { data, errors } = readDraft(
      fields,
      fill({
        "/amount": " 12.50 ",
        "/card/number": "4111",
        "/express": "false",
        "/kind": "1",
        "/tags": "[1]",
        "/note": "",
      }),
    );
    expect([...errors]).toEqual([]);
    expect(data).toEqual({ amount: 12.5, card: { number: "4111" }, express: false, kind: 7, tags: [1] });
  });

  test("keeps texts that look like numbers, and null", () => {
    const { data } = readDraft(fields, fill({ "/amount": "1", "/card/number": "007", "/kind": "2", "/note": "12" }));
    expect(data).toEqual({ amount: 1, card: { number: "007" }, kind: null, note: "12" });
  });

  test.each(["1,5", "0x10", "abc", "Infinity", "NaN", "1e999", "--1", "."])("says that %s is no number", (text) => {
    expect(readDraft(fields, fill({ "/amount": text, "/card/number": "1" })).errors.has("/amount")).toBe(true);
  });

  test("says which required fields are empty, and where a whole number is not one", () => {
    const { errors } = readDraft(fields, fill({ "/count": "1.5" }));
    expect([...errors.keys()].toSorted()).toEqual(["/amount", "/card/number", "/count"]);
    expect(readDraft(fields, fill({ "/count": "9007199254740993" })).errors.get("/count")).toContain("too large");
  });

  test("leaves an optional object out until something is in it", () => {
    const base = { "/amount": "1", "/card/number": "1" };
    expect(readDraft(fields, fill(base)).data).not.toHaveProperty("shop");
    expect(readDraft(fields, fill({ ...base, "/shop/a~1b": "x" })).data).toHaveProperty("shop", { "a/b": "x" });
  });

  test("has members of any name as its own", () => {
    const strange = readFields({ properties: Object.fromEntries([["__proto__", { type: "string" }]]) });
    const { data } = readDraft(strange, fill({ "/__proto__": "x" }));
    expect(Object.keys(data ?? {})).toEqual(["__proto__"]);
  });
});

describe("as JSON", () => {
  test("the form goes there and comes back", () => {
    const draft = fill({ "/amount": "2", "/card/number": "4", "/kind": "0" });
    const json = switchDraft(fields, draft);
    expect(json).toMatchObject({ isJson: true });
    const back = switchDraft(fields, json as Draft) as Draft;
    expect(readDraft(fields, back).data).toEqual({ amount: 2, card: { number: "4" }, kind: "new" });
  });

  test.each(['{"other": 1}', '{"amount": "1"}', '{"note": ""}', '{"on": "soon"}', '{"card": 1}'])(
    "%s stays JSON, since the form would lose some of it",
    (json) => expect(switchDraft(fields, { isJson: true, texts: new Map(), json })).toBeTypeOf("string"),
  );

  test.each(["[]", "1", "{"])("%s is no payload", (json) => {
    expect(readDraft(undefined, { isJson: true, texts: new Map(), json }).errors.has("")).toBe(true);
  });

  test("nothing is no data", () => {
    expect(readDraft(undefined, beginDraft(undefined))).toEqual({ data: undefined, errors: new Map() });
  });
});

test("a draft begins with the defaults, or with data, as JSON where the form cannot show it", () => {
  expect(beginDraft(fields).texts.get("/note")).toBe("none");
  expect(beginDraft(fields, { amount: 3 }).texts).toEqual(new Map([["/amount", "3"]]));
  expect(beginDraft(fields, { unknown: 3 })).toMatchObject({ isJson: true, json: '{\n  "unknown": 3\n}' });
});
