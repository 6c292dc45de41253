/**
 * How valid samples are broken: an edit is three numbers, of which each kind of sample (JSON, text, bytes) makes its own.
 * So fast-check can leave edits out and make them smaller until only what matters is left.
 */
import * as fc from "fast-check";

/** What is done (of a list that it goes round in), where, and with what. */
export interface Edit {
  readonly kind: number;
  readonly at: number;
  readonly what: number;
}

const any = fc.nat({ max: 1_000_000 });
const edit: fc.Arbitrary<Edit> = fc.record({ kind: any, at: any, what: any });
/** Of one or two edits most samples are still read to the end. */
export const edits: fc.Arbitrary<readonly Edit[]> = fc.oneof(
  { weight: 2, arbitrary: fc.constant<Edit[]>([]) },
  { weight: 5, arbitrary: fc.array(edit, { minLength: 1, maxLength: 1 }) },
  { weight: 3, arbitrary: fc.array(edit, { minLength: 2, maxLength: 5 }) },
);
/** Where most samples are to be left alone. */
export const fewEdits: fc.Arbitrary<readonly Edit[]> = fc.oneof(
  { weight: 7, arbitrary: fc.constant<Edit[]>([]) },
  { weight: 1, arbitrary: fc.array(edit, { minLength: 1, maxLength: 2 }) },
);

/** Names and words that code has stumbled over before, somewhere. */
export const HOSTILE_TEXTS: readonly string[] = [
  "",
  " ",
  "a",
  "*",
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "hasOwnProperty",
  "toJSON",
  "then",
  "length",
  "polluted",
  "\0",
  "a\0b",
  "\ud800",
  "x\udc00y",
  "\ufeffa",
  "\u202ea",
  "\u2028",
  "a\u0085b",
  "a\r\nb: c",
  "\u043erders",
  "\uff4frders",
  "\ufb01",
  "e\u0301",
  "\u00e9",
  "\u{1f600}",
  "\u{10ffff}",
  "\uffff",
  "x".repeat(63),
  "x".repeat(64),
  "x".repeat(129),
  "\u{1f600}".repeat(255),
  "\u{1f600}".repeat(256),
  "x".repeat(5_000),
  "-1",
  "0",
  "1e400",
  "9".repeat(20),
  "null",
  "true",
  "false",
  "reject",
  "defer",
  "ignore",
  "timer:0:1",
  "detent:x",
  "timer",
  "../../etc",
  "%00%ff",
  "%",
  "a/b~0c",
  "a.b",
  "a:b",
  "PT1S",
  "P1Y",
  "PT0S",
  "P99999999999D",
  "-PT1S",
  "1h30m",
  "0.0000000001s",
  "2026-11-24T09:30:00Z",
  "2026-11-24t09:30:00.123456789+23:59",
  "2026-02-30T00:00:00Z",
  "9999-12-31T23:59:60Z",
  "0000-01-01T00:00:00-23:59",
  "+275760-09-13T00:00:00Z",
  "data.n == 1.0",
  "data[",
  "'",
  '"',
  "\\",
  "</script>",
  "(a+)+$",
  "(?<=a)b",
  "\\p{L}{2,50}",
  "#/$defs/a",
  "#",
  "e30",
  "-",
];

/** JSON values as text, so that numbers and keys can be what no value of JavaScript is. */
export const HOSTILE_JSON: readonly string[] = [
  "null",
  "true",
  "false",
  "0",
  "-0",
  "-1",
  "1",
  "1.5",
  "1e21",
  "1e308",
  "1e400",
  "-1e400",
  "1e-400",
  "9007199254740993",
  "2147483648",
  "9".repeat(400),
  "01",
  "1.",
  ".5",
  "0x10",
  "NaN",
  "Infinity",
  "undefined",
  "",
  "'x'",
  '"\\ud800"',
  '"\\u0000"',
  '"\\x"',
  '"',
  "[]",
  "{}",
  "[[]]",
  "[null]",
  '[{"a":1},"a",2]',
  '{"__proto__":{"polluted":true}}',
  '{"constructor":{"prototype":{"polluted":true}}}',
  '{"a":1,"a":2}',
  '{"toString":1,"valueOf":null,"toJSON":2,"then":3}',
  '{"length":-1}',
  '{"$ref":"#"}',
  '{"":""}',
  ...[30, 31, 32, 33, 40, 41, 200].flatMap((depth) => [
    "[".repeat(depth) + "]".repeat(depth),
    `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`,
  ]),
  "[".repeat(50),
];

/** The same, of what costs more to read than all others together. */
export const LARGE_JSON: readonly string[] = [
  "[".repeat(100_000),
  // More than a stack holds: whatever goes into it has to have been told how deep it is.
  "[".repeat(12_000) + "]".repeat(12_000),
  `${'{"a":'.repeat(12_000)}1${"}".repeat(12_000)}`,
  `[${"0,".repeat(10_000)}0]`,
  `{${Array.from({ length: 10_001 }, (_, index) => `"k${index}":0`).join(",")}}`,
  JSON.stringify("x".repeat(70_000)),
  JSON.stringify("\u00e9".repeat(40_000)),
  `[${'{"a":1},'.repeat(9_999)}0]`,
];

/** The member of `list` that a number stands for, whatever the number. */
export function pick<T>(list: readonly T[], number: number): T {
  return list[number % list.length] as T;
}

const PUNCTUATION = "{}[]()\"'\\,:;.-+*/%&|!?=<>@#~^_ \n";

type TextEdit = (text: string, at: number, what: number) => string;

const TEXT_EDITS: readonly TextEdit[] = [
  (text, at) => text.slice(0, at),
  (text, at) => text.slice(at),
  (text, at, what) => text.slice(0, at) + text.slice(at + 1 + (what % 8)),
  (text, at, what) => text.slice(0, at) + pick(HOSTILE_TEXTS, what) + text.slice(at),
  (text, at, what) => text.slice(0, at) + text.slice(at, at + (what % 40)).repeat(1 + (what % 3)) + text.slice(at),
  (text, at, what) => text.slice(0, at) + String.fromCharCode(what % 0x1_00) + text.slice(at + 1),
  (text, at, what) => text.slice(0, at) + String.fromCharCode(what % 0x1_00_00) + text.slice(at + 1),
  (text, at, what) => text.slice(0, at) + PUNCTUATION.charAt(what % PUNCTUATION.length) + text.slice(at),
  (text, at) => text.slice(0, at) + swapCase(text.charAt(at)) + text.slice(at + 1),
  (text, at, what) => text.slice(0, at) + text.slice(what % (text.length + 1)) + text.slice(at),
];

/** A text with its edits made. */
export function editText(text: string, made: readonly Edit[]): string {
  return made.reduce(
    (edited, { kind, at, what }) => pick(TEXT_EDITS, kind)(edited, at % (edited.length + 1), what),
    text,
  );
}

function swapCase(char: string): string {
  return char === char.toLowerCase() ? char.toUpperCase() : char.toLowerCase();
}

type ByteEdit = (bytes: Buffer, at: number, what: number) => Buffer;

/** Protobuf that says what a decoder must survive: unknown fields of every wire type, groups, varints without end. */
const HOSTILE_BYTES: readonly Buffer[] = [
  Buffer.from([0xf8, 0x07, 0x01]),
  Buffer.from([0xfa, 0x07, 0x02, 0x61, 0x62]),
  Buffer.from([0xfd, 0x07, 1, 2, 3, 4]),
  Buffer.from([0xf9, 0x07, 1, 2, 3, 4, 5, 6, 7, 8]),
  Buffer.from([0xfb, 0x07, 0x08, 0x01, 0xfc, 0x07]),
  Buffer.from([0xfb, 0x07, 0xfb, 0x07]),
  Buffer.from([0xfc, 0x07]),
  Buffer.alloc(200, Buffer.from([0xfb, 0x07])),
  Buffer.alloc(50_000, 0x0b),
  Buffer.concat([Buffer.alloc(90, 0x0b), Buffer.alloc(90, 0x0c)]),
  Buffer.alloc(11, 0xff),
  Buffer.from([0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]),
  Buffer.from([0x08, 0x80, 0x80, 0x80, 0x80, 0x00]),
  Buffer.from([0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f]),
  Buffer.from([0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]),
  Buffer.from([0x0a, 0x02, 0xc0, 0x80]),
  Buffer.from([0x0a, 0x03, 0xed, 0xa0, 0x80]),
  Buffer.from([0x12, 0x01, 0xff]),
  Buffer.from([0x00, 0x00]),
  Buffer.from([0x07]),
  Buffer.from([0x0e]),
  Buffer.from([0xf8, 0xff, 0xff, 0xff, 0x7f, 0x01]),
  Buffer.from([0xef, 0xbb, 0xbf]),
  Buffer.from([0x00]),
];

const BYTE_EDITS: readonly ByteEdit[] = [
  (bytes, at) => bytes.subarray(0, at),
  (bytes, at) => bytes.subarray(at),
  (bytes, at, what) => splice(bytes, at, 1, Buffer.from([what % 256])),
  (bytes, at, what) => splice(bytes, at, 1, Buffer.from([(bytes[at] ?? 0) ^ (1 << (what % 8))])),
  (bytes, at, what) => splice(bytes, at, 1, Buffer.from([(bytes[at] ?? 0) + (what % 2 === 0 ? 1 : -1)])),
  (bytes, at, what) => splice(bytes, at, 0, Buffer.from([what % 256])),
  (bytes, at, what) => splice(bytes, at, 1 + (what % 6), Buffer.alloc(0)),
  (bytes, at, what) => splice(bytes, at, 0, bytes.subarray(at, at + (what % 60))),
  (bytes, at, what) => splice(bytes, at, 0, pick(HOSTILE_BYTES, what)),
  (bytes, _at, what) => Buffer.concat([bytes, pick(HOSTILE_BYTES, what)]),
  (bytes, _at, what) => Buffer.concat([pick(HOSTILE_BYTES, what), bytes]),
  (bytes) => Buffer.concat([bytes, bytes]),
];

/** Bytes with their edits made. */
export function editBytes(bytes: Uint8Array, made: readonly Edit[]): Uint8Array<ArrayBuffer> {
  let edited = Buffer.from(bytes);
  for (const { kind, at, what } of made)
    edited = Buffer.from(pick(BYTE_EDITS, kind)(edited, at % (edited.length + 1), what));
  return new Uint8Array(edited);
}

function splice(bytes: Buffer, at: number, removed: number, added: Uint8Array): Buffer {
  return Buffer.concat([bytes.subarray(0, at), added, bytes.subarray(at + removed)]);
}
