/**
 * The line between a worker, which holds a watcher's stream, and the machine's object, which may sleep meanwhile: a
 * WebSocket that the platform keeps while the object is not in memory. Both ends of it.
 */
import type { HistoryItem, MachineAddress, Refusal, Reply, WatchCall } from "./calls.ts";

/** Answered by the platform for the object, without waking it. */
export const PING = "ping";
export const PONG = "pong";

/** Watches of one machine. Each is a socket that every change is written to. */
const MOST_WATCHES = { ofKey: 100, ofMachine: 1_000 };

/** The platform takes tags of up to 256 bytes. */
const LONGEST_TAG = 256;

const CALL = "detent-watch";
const REVISION = "detent-revision";

interface Asked {
  readonly address: MachineAddress;
  readonly call: WatchCall;
}

/** What a worker hears on a line. */
export interface LineListener {
  /** A change, in the order of revisions; each once as long as the line holds. */
  heard(change: HistoryItem, bytes: number): void;
  /** The answer to a ping. */
  answered(): void;
  /** The line is broken. */
  lost(): void;
}

/** A line that is open. */
export interface WatchLine {
  /** The machine's revision when it was opened: every later one is told. */
  readonly revision: number;
  ping(): void;
  close(): void;
}

/** Opens a line; answers what the machine refuses. Rejects when it cannot be reached. */
export async function openLine(
  object: Pick<Fetcher, "fetch">,
  asked: Asked,
  listener: LineListener,
): Promise<Reply<WatchLine>> {
  const headers = { upgrade: "websocket", [CALL]: encodeURIComponent(JSON.stringify(asked)) };
  const response = await object.fetch("https://machine/watch", { headers });
  const { webSocket: socket } = response;
  if (socket === null) return await response.json<Refusal>();
  socket.addEventListener("message", ({ data }) => {
    if (data === PONG) listener.answered();
    else if (typeof data === "string") listener.heard(JSON.parse(data) as HistoryItem, data.length);
  });
  socket.addEventListener("close", () => listener.lost());
  socket.addEventListener("error", () => listener.lost());
  socket.accept();
  const line: WatchLine = {
    revision: Number(response.headers.get(REVISION)),
    ping: () => socket.send(PING),
    close: () => socket.close(1000),
  };
  return { ok: true, value: line };
}

/** What the request of a line asks. */
export function readAsked(request: Request): Asked {
  return JSON.parse(decodeURIComponent(request.headers.get(CALL) ?? "")) as Asked;
}

export function tagOf({ key }: WatchCall): string {
  const tag = encodeURIComponent(`key:${key}`);
  if (tag.length <= LONGEST_TAG) return tag;
  // Subjects that begin alike are others all the same.
  let hash = 0;
  for (const char of tag) hash = (Math.imul(hash, 31) + (char.codePointAt(0) ?? 0)) >>> 0;
  return `${tag.slice(0, LONGEST_TAG - 9)}-${hash.toString(16)}`;
}

/** Why there can be no further watch beside those that are open; undefined: there can. */
export function refuseCrowd(open: { readonly ofKey: number; readonly ofMachine: number }): Refusal | undefined {
  const isMachine = open.ofMachine >= MOST_WATCHES.ofMachine;
  if (!isMachine && open.ofKey < MOST_WATCHES.ofKey) return undefined;
  const limit = isMachine ? MOST_WATCHES.ofMachine : MOST_WATCHES.ofKey;
  const message = `the machine has ${limit} watches${isMachine ? "" : " of this credential"}, which is the limit`;
  return { ok: false, reason: "RATE_LIMITED", message, metadata: { limit: String(limit) } };
}

/** The answer to a watch that was opened at a revision, or refused. */
export function answerWatch(reply: Reply<number>, client?: WebSocket): Response {
  if (!reply.ok || client === undefined) return Response.json(reply);
  return new Response(null, { status: 101, webSocket: client, headers: { [REVISION]: String(reply.value) } });
}
