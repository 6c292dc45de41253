import { describe, expect, test } from "vitest";
import {
  compileExpression,
  evaluateGuard,
  evaluateInstant,
  evaluateValue,
  loadExpression,
  type EventScope,
  type Expression,
  type ExpressionUse,
  type Scope,
} from "../../../src/engine/expression/expression.ts";
import type { JsonObject } from "../../../src/engine/json.ts";
import { EVENT_BUDGET, LIMITS } from "../../../src/engine/limits.ts";
import { Meter } from "../../../src/engine/meter.ts";

const NOW = Date.UTC(2026, 0, 31, 12, 30, 15, 250);
const DATA = JSON.parse(`{
  "count": 4, "n": 2, "i": 1, "half": 0.5, "big": 9007199254740991, "list": [1, 2, 3], "empty": [], "paid": true,
  "name": "Zoë", "smile": "😀", "due": "2026-02-01T00:00:00Z", "nothing": null, "order": {"id": "o1", "lines": [{"price": 3}]},
  "constructor": 5, "__proto__": {"x": 1}, "words": ["a", "b"]
}`) as JsonObject;
const EVENT: EventScope = {
  id: "e1",
  name: "ship",
  data: { weight: 12.5 },
  details: "by hand",
  originator: "shop",
  timestamp: NOW - 1_500,
};

function makeScope(changes: Partial<Scope> = {}): Scope {
  return { data: DATA, event: EVENT, state: "pending", revision: 3, now: NOW, ...changes };
}

function compile(source: string, use: ExpressionUse): Expression {
  const compiled = compileExpression(source, use);
  if (!compiled.ok) throw new Error(compiled.message);
  return compiled.expression;
}

function refuse(source: string, use: ExpressionUse = "assign"): string {
  const compiled = compileExpression(source, use);
  return compiled.ok ? "accepted" : compiled.message;
}

function evaluate(source: string, scope: Scope = makeScope()): unknown {
  const result = evaluateValue(compile(source, "assign"), scope, new Meter(EVENT_BUDGET));
  return result.ok ? result.value : result.message;
}

describe("numbers of JSON take part in arithmetic", () => {
  test.each([
    ["data.count + 1", 5],
    ["data.count * 2", 8],
    ["1 + data.count", 5],
    ["data.count - 1", 3],
    ["10 - data.count", 6],
    ["data.count / 2", 2],
    ["7 / data.n", 3.5],
    ["7 / 2", 3],
    ["data.count % 2 == 0", true],
    ["-data.count % 3", -1],
    ["-data.count", -4],
    ["- -data.count", 4],
    ["revision + data.n", 5],
    ["revision + 1", 4],
    ["size(data.list) + data.n", 5],
    ["data.list.size() * data.half", 1.5],
    ["data.list[data.i]", 2],
    ["data.list[size(data.list) - 1]", 3],
    ["data.list[data.n - 1]", 2],
    ["data.count > 3 && data.count <= 4 && 4 >= data.count && data.count != 5", true],
    ["data.count == 4 && data.count == 4.0 && data.count == 4u", true],
    ["data.count in [1, 4]", true],
    ["1 in data.list", true],
    ["data.n + 2u", 4],
    ["data.list.map(x, x * 2)", [2, 4, 6]],
    ["data.order.lines.map(line, line.price + 1)", [4]],
    ["{1: 'one', 2: 'two'}[data.n]", "two"],
    ["string(data.count) + 'h'", "4h"],
    ["int(data.half * 9)", 4],
    ["int(data.count)", 4],
    ["duration(string(data.count * 24) + 'h')", "345600s"],
    ["timestamp(data.count)", "1970-01-01T00:00:04Z"],
  ])("%s", (source, value) => {
    expect(evaluate(source)).toEqual(value);
  });
});

describe("values become JSON", () => {
  test.each([
    ["now", "2026-01-31T12:30:15.25Z"],
    ["event.timestamp", "2026-01-31T12:30:13.75Z"],
    ["now - event.timestamp", "1.5s"],
    ["now + duration('36h')", "2026-02-02T00:30:15.25Z"],
    ["duration('3.5s')", "3.5s"],
    ["-duration('1h1ns')", "-3600.000000001s"],
    ["b'\\xff\\x00a'", "/wBh"],
    ["bytes('ab')", "YWI="],
    ["b'a'", "YQ=="],
    ["5u", 5],
    ["null", null],
    ["[1, 'a', {'b': [true]}]", [1, "a", { b: [true] }]],
    ["data.order", { id: "o1", lines: [{ price: 3 }] }],
    ["[state, event.id, event.name, event.details, event.originator]", ["pending", "e1", "ship", "by hand", "shop"]],
    ["event.data", { weight: 12.5 }],
    ["data.constructor", 5],
    ["9007199254740991", 9007199254740991],
    ["has(data.toString)", false],
    ["has(data.nothing)", true],
    ["'nothing' in data && !('toString' in data)", true],
    ["size(data.smile) + size(data.name)", 4],
    ["data.name.startsWith('Zo') && data.name.endsWith('ë') && data.name.contains('o')", true],
    ["data.name.matches('^Z.*ë$') && matches(state, 'end')", true],
    ["now.getFullYear() * 10000 + now.getMonth() * 100 + now.getDate()", 20260031],
    ["[now.getHours('Asia/Kolkata'), now.getMinutes('Asia/Kolkata'), now.getHours('-08:00')]", [18, 0, 4]],
    ["type(data.count) == double && type(revision) == int && type(now) == google.protobuf.Timestamp", true],
  ])("%s", (source, value) => {
    expect(evaluate(source)).toEqual(value);
  });

  test("a member named __proto__ is a member", () => {
    const value = evaluate("{'__proto__': {'x': 1}, 'y': data}") as Record<string, Record<string, unknown>>;
    expect(Object.keys(value)).toEqual(["__proto__", "y"]);
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(Object.hasOwn(value["y"] ?? {}, "__proto__")).toBe(true);
    expect((value as unknown as { x?: number }).x).toBeUndefined();
  });

  test("a value has the depth of JSON", () => {
    const nested = (depth: number) => JSON.parse(`${"[".repeat(depth)}${"]".repeat(depth)}`) as never;
    expect(evaluate("data.v", makeScope({ data: { v: nested(LIMITS.jsonDepth) } }))).toEqual(nested(LIMITS.jsonDepth));
    expect(evaluate("[data.v]", makeScope({ data: { v: nested(LIMITS.jsonDepth) } }))).toBe(
      "the value nests deeper than 32",
    );
  });

  test.each([
    ["data.count / 0", "Infinity is no number of JSON"],
    ["data.n % 0", "NaN is no number of JSON"],
    ["int(data.big) + 1", "9007199254740992 is larger than numbers of JSON can tell apart"],
    ["{data.n: 1}", "the key 2 is no string, as those of JSON are"],
    ["[type(data.n)]", "the type double is no value of JSON"],
  ])("%s is no JSON", (source, message) => {
    expect(evaluate(source)).toBe(message);
  });
});

describe("what fails says what", () => {
  test.each([
    ["data.nope", 'data has no field "nope"'],
    ["data['nope']", 'data has no field "nope"'],
    ["data.order.nope", 'data.order has no field "nope"'],
    ["event.data.nope", 'event.data has no field "nope"'],
    ["data.toString", 'data has no field "toString"'],
    ["data.nothing.x", 'data.nothing is null and has no field "x"'],
    ["data.list[3]", "data.list has 3 items and nothing at 3"],
    ["data.list[-1]", "data.list has 3 items and nothing at -1"],
    ["data.list[data.half]", "data.list has 3 items and nothing at 0.5"],
    ["data.name + data.count", 'there is no "+" of string and double'],
    ["revision / 0 + int(data.n)", "division by zero"],
    ["timestamp(data.name)", '"Zoë" is no timestamp of RFC 3339'],
    ["now.getHours(data.name)", 'there is no time zone "Zoë"'],
    ["duration(string(data.big) + 'h')", '"9007199254740991h" is no duration such as "1h30m"'],
    [
      "timestamp('9999-12-31T00:00:00Z') + duration(string(data.n * 24) + 'h')",
      "a timestamp lies in the years 1 to 9999",
    ],
    ["data.list.exists(x, x.y)", 'x is double and has no field "y"'],
    ["data.paid ? data.nope : 1", 'data has no field "nope"'],
    ["data.count ? 1 : 2", '"?" takes bool, not double'],
    ["9223372036854775807 + revision", "the result is too large for an int"],
  ])("%s", (source, message) => {
    expect(evaluate(source)).toBe(message);
  });

  test("an error on one side of a decided || or && does not matter", () => {
    expect(evaluate("data.nope || data.paid")).toBe(true);
    expect(evaluate("data.paid || data.nope")).toBe(true);
    expect(evaluate("data.nope && !data.paid")).toBe(false);
    expect(evaluate("data.nope || !data.paid")).toBe('data has no field "nope"');
  });

  test("without an event reading it is an error", () => {
    const scope = makeScope({ event: undefined });
    const message = "there is no event here: the machine is created, migrated or overridden";
    expect(evaluate("event.name", scope)).toBe(message);
    expect(evaluate("event", scope)).toBe(message);
    expect(evaluate("has(event.details)", scope)).toBe(message);
    expect(evaluate("data.paid || event.data.x", scope)).toBe(true);
  });

  test("a guard that gives anything but a boolean is an error", () => {
    const meter = new Meter(EVENT_BUDGET);
    expect(evaluateGuard(compile("data.count", "guard"), makeScope(), meter)).toEqual({
      ok: false,
      message: "a guard gives bool; this one gave double",
    });
    expect(evaluateGuard(compile("data.paid", "guard"), makeScope(), meter)).toEqual({ ok: true, value: true });
  });
});

describe("deadlines", () => {
  test.each([
    ["data.due", Date.UTC(2026, 1, 1)],
    ["timestamp(data.due) - duration('1h')", Date.UTC(2026, 0, 31, 23)],
    ["now + duration('1500us')", NOW + 2],
    ["timestamp(data.count)", 4_000],
    ["'2026-01-01T01:00:00+01:00'", Date.UTC(2026, 0, 1)],
  ])("%s", (source, value) => {
    expect(evaluateInstant(compile(source, "deadline"), makeScope(), new Meter(EVENT_BUDGET))).toEqual({
      ok: true,
      value,
    });
  });

  test("anything else is an error", () => {
    for (const source of ["data.name", "data.nothing", "data.order"]) {
      expect(evaluateInstant(compile(source, "deadline"), makeScope(), new Meter(EVENT_BUDGET)).ok).toBe(false);
    }
  });
});

describe("refused at upload", () => {
  test.each([
    ["", "1:1: the expression is empty"],
    ["dta.x", '1:1: there is no "dta"; an expression sees data, event, state, revision, now'],
    ["data.x ==\n  nope", '2:3: there is no "nope"; an expression sees data, event, state, revision, now'],
    ["event.nme", '1:7: event has no "nme"; it has id, name, data, details, originator, timestamp'],
    ["event['nme']", '1:6: event has no "nme"; it has id, name, data, details, originator, timestamp'],
    ["has(event.nme)", '1:1: event has no "nme"; it has id, name, data, details, originator, timestamp'],
    ["state.name", '1:7: state is string, has no field "name"'],
    ["lower(state)", '1:1: there is no function "lower"'],
    ["state.lowerAscii()", '1:7: there is no function "lowerAscii"'],
    ["math.greatest(1, 2)", '1:1: there is no function "math.greatest"'],
    ["startsWith(state, 'a')", "1:1: startsWith is called as x.startsWith()"],
    ["state.int()", "1:7: int is called as int(x)"],
    ["size(state, 1)", "1:1: size() takes 1 argument(s), not 2"],
    ["state.startsWith()", "1:7: startsWith() takes 1 argument(s), not 0"],
    ["'a' - 1", '1:5: there is no "-" of string and int'],
    ["!1", '1:1: there is no "!" of int'],
    ["1 + 1u", '1:3: there is no "+" of int and uint'],
    [
      "data.due < now",
      '1:10: there is no "<" of a value of JSON and timestamp; timestamp() makes a timestamp of a string',
    ],
    ["state == 1", "1:7: string is never equal to int"],
    ["data.x && 1", '1:11: "&&" takes bool, not int'],
    ["timestamp('soon')", '1:1: "soon" is no timestamp of RFC 3339'],
    ["data.x ? duration('P1D') : null", '1:10: "P1D" is no duration such as "1h30m"'],
    ["state.matches('a(')", '1:15: "a(" is no pattern of RE2: error parsing regexp: missing closing ): `a(`'],
    ["state.matches(data.p)", "1:7: the pattern of matches() must be a string that stands in the expression"],
    [`state.matches('${"a".repeat(300)}')`, "1:15: a pattern has at most 256 characters; this one has 300"],
    [
      Array.from({ length: 11 }, () => "state.matches('a')").join(" && "),
      "1:227: an expression has at most 10 patterns",
    ],
    ["Foo{a: 1}", '1:4: messages cannot be made; write a map: {"field": value}'],
    ["data.?x", "1:6: optional values (?) are not supported; ask with has()"],
    ["[?data.x]", "1:2: optional values (?) are not supported; ask with has()"],
    ["has(data)", "1:1: has() takes a field, as in has(data.paid)"],
    ["data.all(1, true)", "1:10: the first argument of all() is the name of a variable"],
    ["data.l.map(x)", "1:8: map() takes a variable and one or two expressions"],
    ["1 +", "1:4: expected a value, found the end"],
    ["(1", '1:3: expected ")", found the end'],
    ["1 1", '1:3: expected an operator or the end, found "1"'],
    ["'abc", "1:1: the string that begins here has no closing '"],
    ["'😀' + #", '1:7: "#" means nothing'],
    ["1abc", '1:1: "1a" is no number'],
    ["9223372036854775808", "1:1: the number is too large for an int"],
    ["data.true", '1:6: "true" cannot stand behind a dot; write ["true"]'],
    ["for", '1:1: "for" is a word that CEL reserves'],
    ["1 / 0", "1:3: this always fails: division by zero"],
    ["type(1)", "1:1: an assignment gives a value of JSON, not type"],
    ["{1: 2}", "1:1: the key 1 is no string, as those of JSON are"],
    ["'\ud800'", "An expression is well-formed Unicode; this one has a lone surrogate."],
    ["data.l.map(x, x.map(y, y))", expect.stringContaining("cannot stand within another")],
    ["data.l.filter(x, true).map(y, y)", expect.stringContaining("cannot stand within another")],
    [`'${"é".repeat(1_100)}'`, "An expression has at most 2048 bytes of UTF-8; this one has 2202."],
    [`${"(".repeat(60)}1${")".repeat(60)}`, "1:49: an expression nests at most 48 deep"],
    [`[${"1,".repeat(1_000)}]`, "1:1: an expression has at most 1000 parts"],
  ])("%s", (source, message) => {
    expect(refuse(source)).toEqual(message);
  });

  test.each([
    ["guard", "state", "1:1: a guard gives bool, not string"],
    ["guard", "data.count + 1", "1:12: a guard gives bool, not double"],
    ["deadline", "5", "1:1: a deadline gives a timestamp, or a string that is one, not int"],
    ["deadline", "'soon'", expect.stringContaining('this one gave "soon"')],
  ] as const)("as a %s: %s", (use, source, message) => {
    expect(refuse(source, use)).toEqual(message);
  });
});

describe("what is known of an expression", () => {
  test.each([
    ["data.paid && event.data.weight < 30.0", ["paid"], ["weight"], true],
    ["has(event.data.reason) ? event.data.reason == '' : data['a b'] == 1", ["a b"], [], true],
    ["'x' in data && data.x", [], [], false],
    ["has(data.order.id)", ["order"], [], false],
    ["event.name == 'a'", [], [], true],
    ["size(event) > 0", [], [], true],
    ["true || event.data.x", [], [], false],
    ["false ? event.data.x : data.y", ["y"], [], false],
    ["data.l.all(event, event.data.x && event.y)", ["l"], [], false],
    ["data.l.all(data, data.x)", ["l"], [], false],
    ["data.l.all(x, .data.y == x)", ["l", "y"], [], false],
    ["now > timestamp(0) && revision > 1", [], [], false],
  ])("%s", (source, dataFields, eventFields, readsEvent) => {
    const expression = compile(source, "guard");
    expect([...expression.dataFields]).toEqual(dataFields);
    expect([...expression.eventFields]).toEqual(eventFields);
    expect(expression.readsEvent).toBe(readsEvent);
  });

  test.each([
    "false",
    "1 > 2",
    "false && data.x",
    "data.x && 1 == 2",
    "!true",
    "[1].exists(x, x > 2)",
    "'a' == 'b' ? data.x : false",
  ])("%s is never true", (source) => {
    expect(compile(source, "guard").isNever).toBe(true);
  });

  test.each(["true", "data.x", "state == 'a'", "1 < 2", "data.x || true", "now < timestamp(0)"])(
    "%s may be",
    (source) => {
      expect(compile(source, "guard").isNever).toBe(false);
    },
  );
});

describe("an expression loaded from storage", () => {
  test("says and does the same as when it was compiled", () => {
    const source = "data.paid && event.data.weight < 30.0";
    const loaded = loadExpression(source, "guard");
    const compiled = compile(source, "guard");
    expect([...loaded.dataFields, ...loaded.eventFields, loaded.readsEvent, loaded.isNever]).toEqual([
      ...compiled.dataFields,
      ...compiled.eventFields,
      compiled.readsEvent,
      compiled.isNever,
    ]);
    expect(evaluateGuard(loaded, makeScope(), new Meter(EVENT_BUDGET))).toEqual({ ok: true, value: true });
  });

  test.each(["data.(", "nope", "nope(1)", "state.matches(data.x)"])(
    "that means nothing is an error when it is evaluated: %s",
    (source) => {
      expect(evaluateGuard(loadExpression(source, "guard"), makeScope(), new Meter(EVENT_BUDGET)).ok).toBe(false);
    },
  );
});
