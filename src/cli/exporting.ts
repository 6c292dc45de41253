/** A tenant's export as it is read: whole, each line once, however often the connection breaks. */
import type { Door } from "./door.ts";
import { EXIT, Failure, Refused, type Problem } from "./failure.ts";
import { readLines } from "./lines.ts";
import type { Patience } from "./patience.ts";

/** Streams that bring no new cursor, one after the other, before it is given up: something is wrong that waiting does not mend. */
const MOST_FRUITLESS = 8;

/**
 * The lines of an export in portions, each up to a cursor that stands at its end, the last one up to the `end`. What was
 * cut off behind a cursor comes again, so a portion is given when it is whole. Throws Refused where the service says why it
 * cannot go on.
 */
export async function* readExport(
  door: Door,
  after: string | undefined,
  patience: Patience,
): AsyncGenerator<readonly string[]> {
  let cursor = after;
  for (let fruitless = 0; ; fruitless += 1) {
    let portion: string[] = [];
    try {
      const response = await door.open("GET", "/api/v1/export", {
        query: { after: cursor },
        headers: { accept: "application/x-ndjson" },
      });
      patience.reset();
      for await (const line of readLines(response)) {
        const { type, cursor: next, ...problem } = JSON.parse(line) as { type: string; cursor?: string };
        if (type === "error") throw new Refused(problem as unknown as Problem);
        portion.push(line);
        if (type === "end") {
          yield portion;
          return;
        }
        if (type !== "cursor") continue;
        yield portion;
        portion = [];
        cursor = next;
        fruitless = 0;
      }
      // A long export ends with a cursor, and is asked for again; without one it was cut off.
      if (portion.length > 0 || fruitless > 0) throw new Failure("the export was cut off", EXIT.unavailable);
    } catch (error) {
      if (fruitless >= MOST_FRUITLESS) throw error;
      await patience.wait(error);
    }
  }
}
