/**
 * How far a load is: one line that is drawn anew where a terminal shows it, a line now and then where stderr is a file. The
 * prompts library has a bar, too, but takes over the keyboard, which ends the process on Ctrl-C before anything is flushed.
 */
import type { Output } from "../output.ts";
import type { Tally } from "./tally.ts";

const REDRAW_MS = 200;
const LINE_EVERY_MS = 10_000;
/** What is shown as the present rate is that of the last seconds. */
const RATE_OVER_MS = 3_000;
const BAR_WIDTH = 24;
const ERASE_LINE = "\r\u001b[2K";

export class Progress {
  readonly #output: Output;
  readonly #tally: Tally;
  readonly #lines: number;
  readonly #timer: NodeJS.Timeout;
  #samples: readonly { readonly at: number; readonly decided: number }[];

  /** Shows it until `end`. `lines` are all that there are. */
  constructor(output: Output, tally: Tally, lines: number) {
    [this.#output, this.#tally, this.#lines] = [output, tally, lines];
    this.#samples = [{ at: performance.now(), decided: tally.decided }];
    this.#timer = setInterval(() => this.#show(), output.isWatched ? REDRAW_MS : LINE_EVERY_MS);
    this.#timer.unref();
  }

  /** Says something meanwhile. */
  say(text: string): void {
    this.#erase();
    this.#output.say(text);
  }

  end(): void {
    clearInterval(this.#timer);
    this.#erase();
  }

  #show(): void {
    const at = performance.now();
    const { decided, counts } = this.#tally;
    const recent = this.#samples.filter((sample) => at - sample.at <= RATE_OVER_MS);
    const [oldest = this.#samples.at(-1)] = recent;
    this.#samples = [...recent, { at, decided }];
    const rate = oldest === undefined ? 0 : ((decided - oldest.decided) * 1_000) / Math.max(at - oldest.at, 1);
    const failed = counts.refused + counts.invalid;
    const facts = [
      `${formatCount(decided)} of ${formatCount(this.#lines)} lines`,
      `${formatCount(Math.round(rate))}/s`,
      ...(failed > 0 ? [`${formatCount(failed)} not applied`] : []),
    ].join(", ");
    if (!this.#output.isWatched) return this.#output.say(facts);
    const share = this.#lines === 0 ? 1 : decided / this.#lines;
    const filled = Math.round(share * BAR_WIDTH);
    const bar = `${this.#output.tint("cyan", "━".repeat(filled))}${this.#output.tint("dim", "━".repeat(BAR_WIDTH - filled))}`;
    process.stderr.write(`${ERASE_LINE}${bar} ${Math.floor(share * 100)} %  ${facts}`);
  }

  #erase(): void {
    if (this.#output.isWatched) process.stderr.write(ERASE_LINE);
  }
}

/** `10,000` */
export function formatCount(count: number): string {
  return count.toLocaleString("en-GB");
}
