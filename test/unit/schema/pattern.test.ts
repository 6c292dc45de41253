import { RE2JS } from "@bufbuild/re2";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { EVENT_BUDGET } from "../../../src/engine/limits.ts";
import { Meter, SpentError } from "../../../src/engine/meter.ts";
import { compilePattern, type Pattern, Program } from "../../../src/engine/schema/pattern.ts";

const RUNS = 3_000;

function compile(source: string): Pattern {
  const compiled = compilePattern(source);
  if (!compiled.ok) throw new Error(`${source}: ${compiled.message}`);
  return compiled.pattern;
}

function isMatch(source: string, text: string): boolean {
  const meter = new Meter(EVENT_BUDGET);
  return new Program(compile(source), meter).test(text, meter);
}

const simple = ["a", "b", ".", "^", "$", "é", "😀", "\\u{1F600}", "\\ud83d\\ude00", "\\x61", "\\0", "\\/", "\\."];
const classes = ["\\b", "\\B", "\\d", "\\w", "\\W", "\\s", "\\S", "\\p{L}", "\\P{Lu}", "[\\p{Lu}a]", "[ab]", "[^ab]"];
const atom = fc.constantFrom(...simple, ...classes, "[a-c-]", "[^\\s\\d]", "[\\b]", "[]", "[^]");
const quantifier = fc.constantFrom("", "", "", "*", "+", "?", "{2}", "{0,2}", "{1,}", "*?", "+?", "{0}");
const { pattern: anyPattern } = fc.letrec<{ pattern: string; sequence: string; term: string }>((tie) => ({
  pattern: fc.oneof(
    { depthSize: "xsmall" },
    tie("sequence"),
    fc.tuple(tie("pattern"), tie("sequence")).map((all) => all.join("|")),
  ),
  sequence: fc.array(tie("term"), { maxLength: 3 }).map((terms) => terms.join("")),
  term: fc.oneof(
    { depthSize: "xsmall", withCrossShrink: true },
    fc.tuple(atom, quantifier).map(([text, times]) => (/^(?:\^|\$|\\[bB])$/.test(text) ? text : text + times)),
    fc
      .tuple(fc.constantFrom("(", "(?:", "(?<n>"), tie("pattern"), quantifier)
      .map(([open, inner, times]) => `${open}${inner})${times}`),
  ),
}));
const anyText = fc
  .array(fc.constantFrom("a", "b", "A", "1", "_", " ", "-", "\n", "\u2028", "\0", "\b", "é", "😀", "\ud83d"), {
    maxLength: 8,
  })
  .map((all) => all.join(""));

test(`means what RegExp means with the flag u, in ${RUNS} generated runs`, () => {
  let matches = 0;
  fc.assert(
    fc.property(anyPattern, anyText, (generated, text) => {
      let names = 0;
      const source = generated.replaceAll("<n>", () => `<n${names++}>`);
      // V8 looks for \B between the halves of a surrogate pair, too, where ECMA-262 has no position.
      fc.pre(!source.includes("\\B") || !text.includes("😀"));
      const native = new RegExp(source, "u");
      if (native.test(text)) matches++;
      expect(isMatch(source, text), `${source} on ${JSON.stringify(text)}`).toBe(native.test(text));
    }),
    { numRuns: RUNS },
  );
  expect(matches).toBeGreaterThan(RUNS / 10);
  expect(matches).toBeLessThan(RUNS * 0.9);
});

describe("agrees with another engine of linear time on texts that one can backtrack on for ever", () => {
  const patterns = [
    "^(a+)+$",
    "(a|a)*b",
    "(a|aa)+$",
    "^(([a-z])+.)+[A-Z]([a-z])+$",
    "(x+x+)+y",
    "(.*)*z",
    "(a?){30}a{30}",
  ];
  test.each(patterns)("%s", (source) => {
    for (const text of [`${"a".repeat(200)}!`, "a".repeat(200), `${"x".repeat(200)}y`, `${"ab".repeat(90)}Zq`]) {
      expect(isMatch(source, text), text).toBe(RE2JS.compile(source).test(text));
    }
  });
});

test("what RegExp refuses without a doubt, or cannot do in linear time, is refused", () => {
  const refused: [pattern: string, reason: RegExp][] = [
    ["(?=a)", /looks ahead or behind/],
    ["(?!a)b", /looks ahead or behind/],
    ["(?<=a)b", /looks ahead or behind/],
    ["(?<!a)b", /looks ahead or behind/],
    ["(a)\\1", /refers back/],
    ["(?<n>a)\\k<n>", /refers back/],
    ["(?i:a)", /neither/],
    ["(", /not closed/],
    [")", /closes nothing/],
    ["[a", /not closed/],
    ["[z-a]", /end is before its start/],
    ["[a-\\d]", /ends in a class/],
    ["*a", /nothing to repeat/],
    ["a**", /nothing to repeat/],
    ["^*", /repeats an assertion/],
    ["a{2,1}", /repeats 2 times at least/],
    ["a{x}", /is no repetition/],
    ["\\", /ends in a backslash/],
    ["\\a", /is not known/],
    ["\\u12", /is not known/],
    ["\\u{110000}", /beyond the last/],
    ["\\p{Nonsense}", /no Unicode property/],
    ["\\pL", /no Unicode property/],
    ["(a{1000}){1000}", /more than 5000/],
    ["((){999999999}){999999999}", /more than 5000/],
    ["(".repeat(60) + ")".repeat(60), /nest more than 50/],
    ["a".repeat(1_025), /1025 characters/],
  ];
  for (const [source, reason] of refused) {
    const compiled = compilePattern(source);
    expect(compiled.ok ? "accepted" : compiled.message, source).toMatch(reason);
  }
});

test("what everybody understands is read, although the flag u forbids it", () => {
  expect(isMatch("^a\\-b\\_$".replace("\\_", "_"), "a-b_")).toBe(true);
  expect(isMatch("^\\{a}]$", "{a}]")).toBe(true);
  expect(isMatch("^[\\w-.]+$", "a-.")).toBe(true);
  expect(isMatch("^\\@\\ \\é$", "@ é")).toBe(true);
});

test("the work is charged: the same for the same text, more for a longer one, and never more than there is", () => {
  const spend = (text: string): number => {
    const meter = new Meter(EVENT_BUDGET);
    new Program(compile("^(a|b)*a(a|b){20}c"), meter).test(text, meter);
    return EVENT_BUDGET - meter.left;
  };
  expect(spend("ab".repeat(500))).toBe(spend("ab".repeat(500)));
  expect(spend("ab".repeat(1_000))).toBeGreaterThan(1.5 * spend("ab".repeat(500)));
  const meter = new Meter(10_000);
  const program = new Program(compile("(a|b)*a(a|b){200}c"), meter);
  expect(() => program.test("ab".repeat(1_000), meter)).toThrow(SpentError);
});
