/**
 * Expressions made up together with what they mean: each as CEL text and as a function of what an expression sees, written
 * without any of the engine's code.
 */
import * as fc from "fast-check";

export type Value = null | boolean | number | string | readonly Value[] | Fields;
export interface Fields {
  readonly [name: string]: Value;
}

export interface SentEvent {
  readonly id: string;
  readonly name: string;
  readonly data: Fields;
  readonly details: string;
  readonly originator: string;
  /** Epoch ms. */
  readonly timestamp: number;
}

/** What an expression sees. */
export interface Moment {
  readonly data: Fields;
  readonly event: SentEvent | undefined;
  readonly state: string;
  readonly revision: number;
  /** Epoch ms. */
  readonly now: number;
}

/** What an expression that errs gives. */
export const FAILED: unique symbol = Symbol("failed");
type Meaning = (moment: Moment) => Value | typeof FAILED;

export interface Formula {
  readonly text: string;
  readonly readsEvent: boolean;
  readonly mean: Meaning;
}

/** What the fields of data mostly hold; two of them have names that are dangerous as property names. */
export const NUMBERS = ["n", "constructor"];
export const STRINGS = ["s", "__proto__"];
export const FLAGS = ["flag"];
export const FIELDS = [...NUMBERS, ...STRINGS, ...FLAGS, "o"];

/** When the machines of these tests begin, epoch ms; and times around which expressions ask. */
export const BEGINNING = 1_000_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const INSTANTS = [BEGINNING - 1, BEGINNING + 30 * MINUTE_MS, BEGINNING + HOUR_MS, BEGINNING + 24 * HOUR_MS];

/** As ProtoJSON writes times, to which RFC 3339 leaves the choice. */
function toText(instant: number): string {
  return new Date(instant)
    .toISOString()
    .replace(/0{1,3}Z$/, "Z")
    .replace(".Z", "Z");
}

const number = fc.constantFrom(0, 1, 2, 3, -1.5);
const string = fc.constantFrom("", "x", "y", "xx", "é");
const anything = fc.constantFrom<Value[]>(
  null,
  true,
  false,
  0,
  2.5,
  "x",
  toText(BEGINNING + HOUR_MS),
  [],
  [1, "x"],
  {},
  { n: 1, s: "x" },
);

/** Data in which most fields are there and hold what they should. */
export const fields: fc.Arbitrary<Fields> = fc
  .array(
    fc.oneof(
      { weight: 6, arbitrary: fc.tuple(fc.constantFrom(...NUMBERS), number) },
      { weight: 6, arbitrary: fc.tuple(fc.constantFrom(...STRINGS), string) },
      { weight: 3, arbitrary: fc.tuple(fc.constantFrom(...FLAGS), fc.boolean()) },
      { weight: 3, arbitrary: fc.tuple(fc.constantFrom(...FIELDS, "other"), anything) },
    ),
    { maxLength: 9 },
  )
  .map((entries) => Object.fromEntries<Value>(entries));

const make = (text: string, parts: readonly Formula[], mean: Meaning): Formula => ({
  text,
  readsEvent: parts.some(({ readsEvent }) => readsEvent),
  mean,
});
const literal = (value: Value): Formula => make(JSON.stringify(value), [], () => value);
const ofMoment = (text: string, mean: Meaning): Formula => make(text, [], mean);
const ofEvent = (text: string, mean: (event: SentEvent) => Value | typeof FAILED): Formula => ({
  text,
  readsEvent: true,
  mean: ({ event }) => (event === undefined ? FAILED : mean(event)),
});

const member = (owner: Fields, name: string): Value | typeof FAILED => {
  const value = Object.hasOwn(owner, name) ? owner[name] : undefined;
  return value === undefined ? FAILED : value;
};
type Owner = "data" | "event.data";
const read = (name: string, owner: Owner, isIndexed: boolean): Formula => {
  const text = isIndexed ? `${owner}[${JSON.stringify(name)}]` : `${owner}.${name}`;
  return owner === "data"
    ? ofMoment(text, ({ data }) => member(data, name))
    : ofEvent(text, ({ data }) => member(data, name));
};
const ask = (name: string, owner: Owner, isIn: boolean): Formula => {
  const text = isIn ? `${JSON.stringify(name)} in ${owner}` : `has(${owner}.${name})`;
  return owner === "data"
    ? ofMoment(text, ({ data }) => Object.hasOwn(data, name))
    : ofEvent(text, ({ data }) => Object.hasOwn(data, name));
};

function isSame(a: Value, b: Value): boolean {
  if (a === null || b === null || typeof a !== "object" || typeof b !== "object") return a === b;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const [one, other] = [Object.entries<Value>(a), new Map(Object.entries<Value>(b))];
  return (
    one.length === other.size && one.every(([key, value]) => other.has(key) && isSame(value, other.get(key) ?? null))
  );
}

/** Numbers, strings and booleans have an order, each among themselves. */
function compare(a: Value, b: Value, isSo: (order: number) => boolean): boolean | typeof FAILED {
  if (typeof a !== typeof b || a === null || b === null || typeof a === "object" || typeof b === "object")
    return FAILED;
  return isSo(a < b ? -1 : a > b ? 1 : 0);
}

type Operation = (a: Value, b: Value) => Value | typeof FAILED;
const COMPARISONS = {
  "<": (a: Value, b: Value) => compare(a, b, (order) => order < 0),
  "<=": (a: Value, b: Value) => compare(a, b, (order) => order <= 0),
  ">": (a: Value, b: Value) => compare(a, b, (order) => order > 0),
  ">=": (a: Value, b: Value) => compare(a, b, (order) => order >= 0),
  "==": isSame,
  "!=": (a: Value, b: Value) => !isSame(a, b),
} satisfies Record<string, Operation>;
const onNumbers =
  (work: (a: number, b: number) => number): Operation =>
  (a, b) =>
    typeof a === "number" && typeof b === "number" ? work(a, b) : FAILED;
const ARITHMETIC = {
  "+": (a: Value, b: Value) => {
    if (typeof a === "string" && typeof b === "string") return a + b;
    if (Array.isArray(a) && Array.isArray(b)) return [...(a as Value[]), ...(b as Value[])];
    return onNumbers((one, other) => one + other)(a, b);
  },
  "-": onNumbers((a, b) => a - b),
  "*": onNumbers((a, b) => a * b),
} satisfies Record<string, Operation>;
type Comparison = keyof typeof COMPARISONS;
type Calculation = keyof typeof ARITHMETIC;

const apply = (left: Formula, sign: string, right: Formula, work: Operation): Formula =>
  make(`(${left.text} ${sign} ${right.text})`, [left, right], (moment) => {
    const a = left.mean(moment);
    const b = right.mean(moment);
    return a === FAILED || b === FAILED ? FAILED : work(a, b);
  });
const compared = (left: Formula, sign: Comparison, right: Formula) => apply(left, sign, right, COMPARISONS[sign]);
const calculated = (left: Formula, sign: Calculation, right: Formula) => apply(left, sign, right, ARITHMETIC[sign]);

/** What one side settles is settled, even where the other side errs. */
const joined = (left: Formula, sign: "&&" | "||", right: Formula): Formula =>
  make(`(${left.text} ${sign} ${right.text})`, [left, right], (moment) => {
    const a = left.mean(moment);
    const b = right.mean(moment);
    const decisive = sign === "||";
    if (a === decisive || b === decisive) return decisive;
    return a === !decisive && b === !decisive ? !decisive : FAILED;
  });
const negated = (operand: Formula): Formula =>
  make(`!${operand.text.startsWith("(") ? operand.text : `(${operand.text})`}`, [operand], (moment) => {
    const value = operand.mean(moment);
    return typeof value === "boolean" ? !value : FAILED;
  });
const chosen = (condition: Formula, yes: Formula, no: Formula): Formula =>
  make(`(${condition.text} ? ${yes.text} : ${no.text})`, [condition, yes, no], (moment) => {
    const value = condition.mean(moment);
    if (typeof value !== "boolean") return FAILED;
    return value ? yes.mean(moment) : no.mean(moment);
  });

const owner = fc.constantFrom<Owner[]>("data", "data", "event.data");
const reading = (names: readonly string[]) =>
  fc.tuple(fc.constantFrom(...names), owner, fc.boolean()).map(([name, of, isIndexed]) => read(name, of, isIndexed));
const sign = fc.constantFrom(...(Object.keys(COMPARISONS) as Comparison[]));
const calculations = fc.constantFrom(...(Object.keys(ARITHMETIC) as Calculation[]));
const [numbers, strings, flags, others] = [NUMBERS, STRINGS, FLAGS, [...FIELDS, "absent"]].map(reading) as [
  fc.Arbitrary<Formula>,
  fc.Arbitrary<Formula>,
  fc.Arbitrary<Formula>,
  fc.Arbitrary<Formula>,
];

const STATE = ofMoment("state", ({ state }) => state);
const REVISION = ofMoment("revision", ({ revision }) => revision);
const EVENT_NAME = ofEvent("event.name", ({ name }) => name);
const EVENT_TEXTS = [
  EVENT_NAME,
  ofEvent("event.id", ({ id }) => id),
  ofEvent("event.details", ({ details }) => details),
  ofEvent("event.originator", ({ originator }) => originator),
];

const leaf: fc.Arbitrary<Formula> = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(numbers, sign, number.map(literal)).map((parts) => compared(...parts)) },
  { weight: 3, arbitrary: fc.tuple(numbers, sign, numbers).map((parts) => compared(...parts)) },
  { weight: 4, arbitrary: fc.tuple(strings, sign, string.map(literal)).map((parts) => compared(...parts)) },
  { weight: 3, arbitrary: flags },
  { weight: 2, arbitrary: fc.tuple(others, sign, others).map((parts) => compared(...parts)) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(others, fc.constantFrom<Comparison[]>("==", "!="), fc.constantFrom(null, true, 2.5, "x").map(literal))
      .map((parts) => compared(...parts)),
  },
  { weight: 1, arbitrary: others },
  {
    weight: 4,
    arbitrary: fc
      .tuple(fc.constantFrom(...FIELDS, "absent"), owner, fc.boolean())
      .map(([name, of, isIn]) => ask(name, of, isIn)),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(sign, fc.constantFrom(0, 1, 2, 5).map(literal))
      .map(([by, bound]) => compared(REVISION, by, bound)),
  },
  { weight: 1, arbitrary: string.map((name) => compared(STATE, "!=", literal(name))) },
  { weight: 1, arbitrary: fc.constantFrom(...EVENT_TEXTS).map((text) => compared(text, "!=", STATE)) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.constantFrom("<", ">="), fc.constantFrom(...INSTANTS))
      .map(([by, instant]) =>
        make(`now ${by} timestamp(${JSON.stringify(toText(instant))})`, [], ({ now }) =>
          by === "<" ? now < instant : now >= instant,
        ),
      ),
  },
  {
    weight: 1,
    arbitrary: fc.constant(
      ofEvent("event.timestamp <= timestamp('1970-01-01T01:00:00Z')", ({ timestamp }) => timestamp <= HOUR_MS),
    ),
  },
);

function conditionOf(depth: number): fc.Arbitrary<Formula> {
  if (depth === 0) return leaf;
  const smaller = conditionOf(depth - 1);
  return fc.oneof(
    { weight: 5, arbitrary: leaf },
    { weight: 1, arbitrary: smaller.map(negated) },
    {
      weight: 3,
      arbitrary: fc
        .tuple(smaller, fc.constantFrom<("&&" | "||")[]>("&&", "||"), smaller)
        .map(([a, by, b]) => joined(a, by, b)),
    },
    { weight: 1, arbitrary: fc.tuple(leaf, smaller, smaller).map((parts) => chosen(...parts)) },
  );
}

/** Gives a boolean, or errs. */
export const condition = conditionOf(2);

const calculation: fc.Arbitrary<Formula> = fc.oneof(
  fc.tuple(numbers, calculations, number.map(literal)).map((parts) => calculated(...parts)),
  fc.tuple(numbers, calculations, numbers).map((parts) => calculated(...parts)),
  fc.tuple(strings, string.map(literal)).map(([a, b]) => calculated(a, "+", b)),
  fc.tuple(others, others).map(([a, b]) => calculated(a, "+", b)),
  fc
    .tuple(fc.constant(REVISION), calculations, fc.constantFrom(1, 2).map(literal))
    .map((parts) => calculated(...parts)),
  fc.tuple(numbers, fc.constant(REVISION)).map(([a, b]) => calculated(a, "+", b)),
);

const plain: fc.Arbitrary<Formula> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom<Value[]>(0, 1.5, "x", true, null).map(literal) },
  { weight: 4, arbitrary: numbers },
  { weight: 3, arbitrary: strings },
  { weight: 3, arbitrary: others },
  { weight: 5, arbitrary: calculation },
  { weight: 2, arbitrary: fc.constantFrom(STATE, REVISION, ...EVENT_TEXTS) },
  { weight: 1, arbitrary: fc.constant(ofMoment("now", ({ now }) => toText(now))) },
);

/** Gives a value to assign, or errs. */
export const assignment: fc.Arbitrary<Formula> = fc.oneof(
  { weight: 8, arbitrary: plain },
  { weight: 2, arbitrary: fc.tuple(leaf, plain, plain).map((parts) => chosen(...parts)) },
  { weight: 1, arbitrary: leaf },
  {
    weight: 1,
    arbitrary: fc.tuple(others, plain).map(([a, b]) =>
      make(`[${a.text}, {"k": ${b.text}}]`, [a, b], (moment) => {
        const one = a.mean(moment);
        const other = b.mean(moment);
        return one === FAILED || other === FAILED ? FAILED : [one, { k: other }];
      }),
    ),
  },
);

/** When something is due: epoch ms, or an error. */
export interface DueFormula {
  readonly text: string;
  readonly mean: (moment: Moment) => number | typeof FAILED;
}

/** As far as generated texts go: the engine takes all of RFC 3339, which has tests of its own. */
function isTime(value: Value | typeof FAILED): value is string {
  return typeof value === "string" && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$/.test(value);
}

export const deadline: fc.Arbitrary<DueFormula> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom(600, 5_400).map((seconds): DueFormula => ({
      text: `now + duration('${seconds}s')`,
      mean: ({ now }) => now + seconds * 1_000,
    })),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(...INSTANTS).map((instant): DueFormula => ({
      text: `timestamp('${toText(instant)}')`,
      mean: () => instant,
    })),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(leaf, fc.constantFrom(...INSTANTS)).map(([asked, instant]): DueFormula => {
      const text = `${asked.text} ? timestamp('${toText(instant)}') : now + duration('600s')`;
      const mean = (moment: Moment) => {
        const value = asked.mean(moment);
        if (typeof value !== "boolean") return FAILED;
        return value ? instant : moment.now + 10 * MINUTE_MS;
      };
      return { text, mean };
    }),
  },
  {
    weight: 1,
    arbitrary: others.map((field): DueFormula => {
      const mean = (moment: Moment) => {
        const value = field.mean(moment);
        return isTime(value) ? Date.parse(value) : FAILED;
      };
      return { text: field.text, mean };
    }),
  },
);
