/** The one way in which a test of the kit fails: an AssertionError, which every runner shows with its difference. */
import { AssertionError } from "node:assert";
import { join, sep } from "node:path";
import type { Site } from "./step.ts";

interface Failure {
  readonly message: string;
  readonly expected?: unknown;
  readonly actual?: unknown;
  readonly site?: Site;
  readonly cause?: unknown;
}

/** What was expected has not come. Its stack points to where the test says what it expects. */
export class ScenarioError extends AssertionError {
  /** The line in a file of scenarios; undefined for a test in code. */
  readonly line: number | undefined;

  constructor({ message, expected, actual, site = {}, cause }: Failure) {
    super({ message, expected, actual, operator: "detent" });
    this.line = site.line;
    if (cause !== undefined) this.cause = cause;
    const frames = site.stack?.split("\n").filter((line) => /^\s+at /.test(line)) ?? [];
    if (frames.length > 0) this.stack = `${this.name} [${this.code}]: ${message}\n${frames.join("\n")}`;
  }
}

const OWN_PLACES = [new URL(".", import.meta.url).href, join(import.meta.dirname, sep)];

/** Where the kit was called from: the stack of now, without the kit's own frames. */
export function siteHere(): Site {
  const lines = new Error("here").stack?.split("\n") ?? [];
  return { stack: lines.filter((line) => !OWN_PLACES.some((place) => line.includes(place))).join("\n") };
}
