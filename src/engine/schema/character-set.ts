/** Highest code point of Unicode. */
const LAST = 0x10ffff;

/** Pairs of first and last code point. */
export type Ranges = readonly (readonly [number, number])[];

// ECMA-262, CharacterClassEscape: \d and \w are ASCII, \s is WhiteSpace or LineTerminator.
export const DIGITS: Ranges = [[0x30, 0x39]];
export const WORD: Ranges = [
  [0x30, 0x39],
  [0x41, 0x5a],
  [0x5f, 0x5f],
  [0x61, 0x7a],
];
export const SPACE: Ranges = [
  [0x09, 0x0d],
  [0x20, 0x20],
  [0xa0, 0xa0],
  [0x1680, 0x1680],
  [0x2000, 0x200a],
  [0x2028, 0x2029],
  [0x202f, 0x202f],
  [0x205f, 0x205f],
  [0x3000, 0x3000],
  [0xfeff, 0xfeff],
];
/** What `.` does not match: ECMA-262, LineTerminator. */
export const LINE_ENDS: Ranges = [
  [0x0a, 0x0a],
  [0x0d, 0x0d],
  [0x2028, 0x2029],
];

/** All code points that are not in `ranges`, which are in order. */
export function complementOf(ranges: Ranges): Ranges {
  const rest: [number, number][] = [];
  let next = 0;
  for (const [first, last] of ranges) {
    if (first > next) rest.push([next, first - 1]);
    next = last + 1;
  }
  if (next <= LAST) rest.push([next, LAST]);
  return rest;
}

/** A set of code points: ranges, and Unicode properties as expressions that match one code point. */
export class CharacterSet {
  readonly #bounds: readonly number[];
  readonly #properties: readonly RegExp[];
  readonly #isNegated: boolean;
  /** Work of one look-up, in instructions of a pattern: asking a property costs as much as several of those. */
  readonly cost: number;

  constructor(ranges: Ranges, properties: readonly RegExp[], isNegated: boolean) {
    this.#bounds = mergeRanges(ranges);
    this.#properties = properties;
    this.#isNegated = isNegated;
    this.cost = 1 + 16 * properties.length;
  }

  has(code: number): boolean {
    return (this.#isInRanges(code) || this.#hasProperty(code)) !== this.#isNegated;
  }

  #isInRanges(code: number): boolean {
    const bounds = this.#bounds;
    let low = 0;
    let high = bounds.length / 2;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (code > (bounds[2 * middle + 1] ?? LAST)) low = middle + 1;
      else if (code < (bounds[2 * middle] ?? 0)) high = middle;
      else return true;
    }
    return false;
  }

  #hasProperty(code: number): boolean {
    if (this.#properties.length === 0) return false;
    const character = String.fromCodePoint(code);
    return this.#properties.some((property) => property.test(character));
  }
}

function mergeRanges(ranges: Ranges): number[] {
  const bounds: number[] = [];
  for (const [first, last] of ranges.toSorted((a, b) => a[0] - b[0])) {
    const end = bounds.at(-1);
    if (end === undefined || first > end + 1) bounds.push(first, last);
    else bounds[bounds.length - 1] = Math.max(end, last);
  }
  return bounds;
}
