/** Numbers of lines that are done: all up to a watermark, and those beyond it one by one. */

/** From and to, both of them done. */
export type LineRange = readonly [from: number, to: number];

/**
 * A set of line numbers, from 1. What it holds in memory is what lies beyond the first gap, so whoever goes no further than
 * so many lines beyond the watermark bounds it.
 */
export class LineSet {
  #watermark = 0;
  readonly #beyond = new Set<number>();

  /** Every line up to here is in it. */
  get watermark(): number {
    return this.#watermark;
  }

  has(line: number): boolean {
    return line <= this.#watermark || this.#beyond.has(line);
  }

  add(line: number): void {
    if (this.has(line)) return;
    this.#beyond.add(line);
    while (this.#beyond.delete(this.#watermark + 1)) this.#watermark += 1;
  }
}

/** Line numbers as ranges, in order. */
export function toRanges(lines: readonly number[]): LineRange[] {
  const ranges: [number, number][] = [];
  for (const line of lines.toSorted((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last !== undefined && line <= last[1] + 1) last[1] = line;
    else ranges.push([line, line]);
  }
  return ranges;
}
