/**
 * Bites when nobody pats it: an input that never ends would hold up the whole run without a word, since nothing else of
 * this process can run meanwhile. It says which run it was and ends the process.
 */
import { Worker } from "node:worker_threads";

/** Far more than any input may take. */
const PATIENCE_MS = 60_000;

const DOG = `
  const { workerData: { pats, name, patience } } = require("node:worker_threads");
  const { writeSync } = require("node:fs");
  for (;;) {
    const before = Atomics.load(pats, 0);
    if (before < 0) break;
    Atomics.wait(pats, 0, before, patience);
    if (Atomics.load(pats, 0) !== before) continue;
    writeSync(2, "\\n" + name + ": input " + before + " does not end (DETENT_SEED says which it is)\\n");
    process.kill(process.pid, "SIGKILL");
  }
`;

export class Watchdog {
  readonly #pats = new Int32Array(new SharedArrayBuffer(4));

  constructor(name: string) {
    const workerData = { pats: this.#pats, name, patience: PATIENCE_MS };
    new Worker(DOG, { eval: true, workerData }).unref();
  }

  /** Wakes nobody: the dog looks by itself now and then. */
  pat(): void {
    Atomics.add(this.#pats, 0, 1);
  }

  dismiss(): void {
    Atomics.store(this.#pats, 0, -1);
    Atomics.notify(this.#pats, 0);
  }
}
