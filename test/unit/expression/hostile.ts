/** Expressions that want as much work as they can get, and the largest data that they can have for it. */
import type { Scope } from "../../../src/engine/expression/expression.ts";
import type { JsonObject, JsonValue } from "../../../src/engine/json.ts";

const LONG = "a".repeat(100_000);

/** Near the limits of a machine's data (256 KiB) and an event's (64 KiB), each. */
const DATA: Readonly<Record<string, JsonObject>> = {
  numbers: { l: Array.from({ length: 10_000 }, (_, i) => i), n: 10_000 },
  tooMany: { l: Array.from({ length: 10_001 }, (_, i) => i) },
  texts: { s: LONG, t: `${LONG}b`, p: `${"a".repeat(20_000)}b${"a".repeat(20_000)}` },
  alike: { l: Array.from({ length: 120 }, (_, i) => `${"a".repeat(2_000)}${i}`), s: `${"a".repeat(2_000)}x` },
  words: { l: Array.from({ length: 10_000 }, (_, i) => `word ${i}`), s: "a".repeat(9_000), u: `c${"ab".repeat(400)}` },
  keys: { m: Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`k${i}`, i])) },
  objects: { l: Array.from({ length: 10_000 }, (_, i) => ({ a: i })) },
  deep: { d: nest(30, 8_000), l: [nest(10, 200), nest(10, 200)] },
  times: { l: Array.from({ length: 5_000 }, () => "2026-01-01T00:00:00.123456789+01:00"), d: "1h1m1s1ms1us1ns" },
  digits: { l: Array.from({ length: 10_000 }, (_, i) => `${i}.5e3`), s: "9".repeat(200_000) },
  wide: { s: "😀".repeat(50_000), t: `${"😀".repeat(49_999)}é` },
};

export interface Hostile {
  readonly source: string;
  readonly data: keyof typeof DATA;
  /** A value, a failure, or that the budget is spent. */
  readonly ends: "true" | "false" | "failure" | "spent";
}

/** Fills 2 KiB with repetitions of `part`, between `operator`s. */
function fill(part: string, operator: string, characters = 2_000): string {
  return Array.from({ length: Math.floor(characters / (part.length + operator.length)) }, () => part).join(operator);
}

export const HOSTILE: readonly Hostile[] = [
  { source: fill("data.l.all(x, x >= 0)", " && "), data: "numbers", ends: "spent" },
  { source: `data.l.all(x, ${fill("x*2+1<1e9", " && ", 1_600)})`, data: "numbers", ends: "spent" },
  { source: "data.l.all(x, x in data.l)", data: "numbers", ends: "spent" },
  { source: "data.l.all(x, !(-1 in data.l))", data: "numbers", ends: "spent" },
  { source: "data.l.map(x, data.l + data.l) == []", data: "numbers", ends: "spent" },
  { source: "data.l.map(x, [x, data.l]) == data.l.map(x, [x, data.l])", data: "numbers", ends: "spent" },
  { source: `size(${fill("data.l", " + ")}) > 0`, data: "numbers", ends: "spent" },
  { source: "data.l.all(x, data.l == data.l + [])", data: "numbers", ends: "spent" },
  { source: "data.l.all(x, data.l[x] == x)", data: "numbers", ends: "true" },
  { source: "data.l.all(x, data.nope || data.nope2 || data.nope3)", data: "numbers", ends: "spent" },
  { source: "data.l.all(x, string(x) + string(x) != string(-x))", data: "numbers", ends: "spent" },
  { source: "data.l.map(x, {string(x): x, 'b': {string(x): x}}) == []", data: "numbers", ends: "spent" },
  { source: `data.l.map(x, [${fill("x", ",", 1_900)}]) == []`, data: "numbers", ends: "spent" },
  {
    source: "data.l.map(x, b'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' + bytes(string(x))) == []",
    data: "numbers",
    ends: "spent",
  },
  { source: "data.l.all(x, int(x) * int(x) / 7 % 11 >= 0 && uint(x) * 3u >= 0u)", data: "numbers", ends: "spent" },
  {
    source: "data.l.all(x, timestamp(x).getFullYear() > 0 && string(timestamp(x)) != '')",
    data: "numbers",
    ends: "spent",
  },
  { source: "data.l.all(x, timestamp(x).getHours('Europe/Berlin') >= 0)", data: "numbers", ends: "spent" },
  { source: "data.l.exists(x, timestamp(x).getHours('Zone/' + string(x)) > 24)", data: "numbers", ends: "spent" },
  { source: "data.l.all(x, x >= 0)", data: "tooMany", ends: "failure" },
  { source: fill("data.s == data.s + ''", " && "), data: "texts", ends: "spent" },
  { source: fill("(data.s+data.s+data.s)<(data.s+data.s+data.t)", " && "), data: "texts", ends: "spent" },
  { source: `size(${fill("data.s", " + ")}) > 0`, data: "texts", ends: "spent" },
  { source: fill("data.s.contains('b')", " || "), data: "texts", ends: "spent" },
  { source: fill("data.s.contains(data.p)", " || "), data: "texts", ends: "spent" },
  {
    source: fill("(data.p+data.p).contains('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab')", " && "),
    data: "texts",
    ends: "spent",
  },
  { source: fill("bytes(data.s) == bytes(data.t)", " || "), data: "texts", ends: "spent" },
  { source: fill("string(bytes(data.s)) == data.s", " && "), data: "texts", ends: "spent" },
  { source: fill("size(data.s) > 0", " && "), data: "texts", ends: "spent" },
  { source: "data.l.all(x, data.l == data.l)", data: "alike", ends: "spent" },
  { source: "data.l.all(x, !(data.s in data.l)) && data.l.all(x, x < data.s)", data: "alike", ends: "true" },
  { source: "data.l.map(x, x + x + x + x + x + x + x + x) == []", data: "alike", ends: "spent" },
  { source: fill("data.l.all(x, x.startsWith(data.s) || x.startsWith('a'))", " && "), data: "alike", ends: "spent" },
  { source: "data.l.all(x, x.matches('(a|b|w)*.*[0-9]$'))", data: "words", ends: "spent" },
  { source: "data.s.matches('(a|b)*a(a|b){80}c$') || data.s.matches('a{200}c')", data: "words", ends: "spent" },
  { source: "(data.s + 'c').matches('(\\\\b\\\\w*){50}x$|c.$')", data: "words", ends: "spent" },
  { source: "data.s.matches('a?a?aac$') || data.s.matches('a')", data: "words", ends: "spent" },
  { source: "data.l.all(x, x.matches('[0-9]$'))", data: "words", ends: "spent" },
  { source: fill("data.u.matches('(a|b)*a(a|b){9}c$')", " || ", 400), data: "words", ends: "spent" },
  { source: "(data.u + 'c').matches('(b.?w?.?){20}x$|c.$')", data: "words", ends: "spent" },
  { source: "(data.u + 'c').matches('[ab]*a[ab]{100}c$')", data: "words", ends: "spent" },
  { source: "data.l.all(x, x.contains('9999') || x.contains('w'))", data: "words", ends: "true" },
  { source: fill("size(data.m) > 0", " && "), data: "keys", ends: "spent" },
  { source: fill("data.m == data.m", " && "), data: "keys", ends: "spent" },
  { source: "data.m.all(k, k in data.m)", data: "keys", ends: "spent" },
  { source: "data.l.all(x, x == {'a': x.a}) && data.l == data.l", data: "objects", ends: "spent" },
  { source: "data.l.exists(x, x == x.a || has(x.b) || 'c' in x || x.zzz)", data: "objects", ends: "spent" },
  { source: fill("data.d == data.d", " && "), data: "deep", ends: "spent" },
  { source: fill("data.l in [data.l, data.d]", " && "), data: "deep", ends: "true" },
  {
    source: "data.l.all(x, timestamp(x) > timestamp('2020-01-01T00:00:00Z') - duration(data.d))",
    data: "times",
    ends: "spent",
  },
  {
    source: "data.l.all(x, timestamp(x).getDayOfYear('+05:30') + timestamp(x).getDate() > 0)",
    data: "times",
    ends: "spent",
  },
  { source: "data.l.all(x, double(x) > -1.0 && string(double(x)) != '')", data: "digits", ends: "spent" },
  { source: fill("double(data.s) > 0.0", " && "), data: "digits", ends: "spent" },
  { source: fill("int(data.s) > 0", " || "), data: "digits", ends: "failure" },
  { source: fill("data.s < data.t", " && "), data: "wide", ends: "false" },
  { source: fill("size(data.s) > 0", " && "), data: "wide", ends: "spent" },
];

export function makeScope(data: keyof typeof DATA): Scope {
  return {
    // As it comes from storage: parsed, with the shapes that the parser gives to objects.
    data: JSON.parse(JSON.stringify(DATA[data] ?? {})) as JsonObject,
    event: { id: "e", name: "go", data: {}, details: "", originator: "", timestamp: 0 },
    state: "start",
    revision: 1,
    now: 1_790_000_000_000,
  };
}

/** `leaves` numbers under `depth` lists. */
function nest(depth: number, leaves: number): JsonValue {
  let value: JsonValue = Array.from({ length: leaves }, (_, i) => i);
  for (let i = 0; i < depth; i++) value = [value];
  return value;
}
