/** The outgoing queues, in the process of the test: what was recorded here was accepted, whatever is killed afterwards. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { json } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";

/** Long enough that under load a machine goes on while a message of its own is on its way. */
const SLOWEST_MS = 150;
/** Of all messages, so many are refused, and as many are accepted without the sender hearing of it. */
const TROUBLE = 0.01;

export interface CloudEvent {
  readonly id: string;
  readonly type: string;
  readonly subject?: string;
  readonly sequence?: number;
  readonly data: Readonly<Record<string, unknown>>;
}

/** What one queue has accepted. */
export class Arrivals {
  /** The first arrival of each id, in the order of arrival. */
  readonly firsts = new Map<string, CloudEvent>();
  /** Ids that came again with other content. */
  readonly altered = new Set<string>();
  repeats = 0;
  readonly #texts = new Map<string, string>();

  record(event: CloudEvent): void {
    const text = JSON.stringify(event);
    const known = this.#texts.get(event.id);
    if (known === undefined) {
      this.#texts.set(event.id, text);
      this.firsts.set(event.id, event);
      return;
    }
    this.repeats += 1;
    if (known !== text) this.altered.add(event.id);
  }
}

export interface Sink {
  readonly origin: string;
  /** Slow and unreliable, as a queue may be. */
  isTroubled: boolean;
  readonly notifications: Arrivals;
  readonly transitions: Arrivals;
  close(): void;
}

export async function startSink(): Promise<Sink> {
  const queues = { notifications: new Arrivals(), transitions: new Arrivals() };
  const accept = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const queue = request.url === "/notifications" ? queues.notifications : queues.transitions;
    try {
      const events = (await json(request)) as CloudEvent[];
      if (sink.isTroubled) await sleep(SLOWEST_MS * Math.random());
      const chance = sink.isTroubled ? Math.random() : 1;
      // What a sender that was killed meanwhile has said is lost with it.
      if (response.destroyed || chance < TROUBLE) throw new Error("not accepted");
      for (const event of events) queue.record(event);
      response.writeHead(chance < 2 * TROUBLE ? 500 : 200).end();
    } catch {
      if (!response.destroyed) response.writeHead(503).end();
    }
  };
  const server = createServer((request, response) => void accept(request, response));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const close = (): void => {
    server.close();
    server.closeAllConnections();
  };
  const sink = { origin: `http://127.0.0.1:${address.port}`, isTroubled: false, ...queues, close };
  return sink;
}
