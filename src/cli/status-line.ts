/** One line on a terminal that is written anew as work goes on; nothing where nobody looks. */
import type { Output } from "./output.ts";
import { toPrintable } from "./table.ts";

const TO_THE_BEGINNING = "\r\u001b[K";

export class StatusLine {
  readonly #isShown: boolean;

  constructor(output: Output) {
    this.#isShown = output.isWatched;
  }

  show(text: string): void {
    if (!this.#isShown) return;
    // A line that wraps could not be taken back; a terminal that does not say how wide it is has 0 columns.
    const width = (process.stderr.columns || 80) - 1;
    process.stderr.write(TO_THE_BEGINNING + toPrintable(text).slice(0, width));
  }

  /** Before anything else is printed. */
  clear(): void {
    if (this.#isShown) process.stderr.write(TO_THE_BEGINNING);
  }
}
