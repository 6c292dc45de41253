/** A machine's changes as they happen: a watch that goes on by itself, by revision, when its stream ends or breaks. */
import type { HistoryEntry } from "./answers.ts";
import type { Door } from "./door.ts";
import { EXIT, Failure, Refused, type Problem } from "./failure.ts";
import type { Patience } from "./patience.ts";
import { readServerSentEvents } from "./server-sent-events.ts";

/** More than twice the 25 s after which the service gives a sign of life at the latest. */
const SILENCE_MS = 60_000;

/**
 * The changes behind a revision, in order, each once; without one those from now on. Ends by an error only: MACHINE_GONE
 * behind the deletion, or where what came before it cannot be told any more.
 */
export async function* watchChanges(
  door: Door,
  path: string,
  afterRevision: number | undefined,
  patience: Patience,
): AsyncGenerator<HistoryEntry> {
  let seen = afterRevision;
  for (;;) {
    let isSilent = true;
    try {
      for await (const { revision, change } of openWatch(door, path, seen)) {
        patience.reset();
        isSilent = false;
        seen = revision;
        if (change !== undefined) yield change;
      }
      // A watch ends after five minutes; one that brought nothing is not asked for again at once.
      if (isSilent) throw new Failure("the watch ended", EXIT.unavailable);
    } catch (error) {
      await patience.wait(error);
    }
  }
}

async function* openWatch(door: Door, path: string, afterRevision: number | undefined) {
  const silence = new AbortController();
  const onSilence = () => silence.abort(new Failure(`nothing came for ${SILENCE_MS / 1_000} s`, EXIT.unavailable));
  const timer = setTimeout(onSilence, SILENCE_MS);
  try {
    const response = await door.open("GET", `${path}/watch`, {
      query: { after_revision: afterRevision },
      headers: { accept: "text/event-stream" },
      signal: silence.signal,
    });
    for await (const { name, id, data } of readServerSentEvents(response, () => timer.refresh())) {
      if (name === "problem") throw new Refused(JSON.parse(data) as Problem);
      yield { revision: Number(id), change: name === "" ? (JSON.parse(data) as HistoryEntry) : undefined };
    }
  } finally {
    clearTimeout(timer);
  }
}
