/** Watchers through every door: what they are told, in one form, and a way to cut them off. */
import { createClient, type Transport } from "@connectrpc/connect";
import { MachineService } from "../../src/gen/detent/v1/machine_service_pb.ts";
import type { Json } from "./json.ts";
import { failureOf } from "./rpc-failure.ts";

/** A message: of a heartbeat the revision alone. */
export interface Told {
  readonly revision: number;
  readonly kind?: string;
  readonly from?: string;
  readonly to?: string;
  readonly eventId?: string;
}

export interface Watching {
  /** Throws an Error whose message is the reason, when the watch ends with one. */
  readonly messages: AsyncGenerator<Told>;
  /** The connection is gone, without a word. */
  cut(): void;
}

type Send = (path: string, init?: RequestInit) => Promise<Response>;

export const watcherOf = {
  rpc(transport: Transport, configuration: string, id: string, afterRevision?: number): Watching {
    const cutting = new AbortController();
    const request = { configuration, id, ...(afterRevision !== undefined && { afterRevision }) };
    const { signal } = cutting;
    const messages = async function* (): AsyncGenerator<Told> {
      try {
        for await (const { revision, change } of createClient(MachineService, transport).watchMachine(request, {
          signal,
        })) {
          if (change === undefined) yield { revision };
          else {
            const { kind, eventId, transition: { from = "", to = "" } = {} } = change;
            yield { revision, kind, from, to, eventId };
          }
        }
      } catch (error) {
        if (signal.aborted) return;
        throw new Error(failureOf(error).reason ?? String(error), { cause: error });
      }
    };
    return { messages: messages(), cut: () => cutting.abort() };
  },

  sse(send: Send, configuration: string, id: string, afterRevision?: number): Watching {
    const cutting = new AbortController();
    const query = afterRevision === undefined ? "" : `?after_revision=${afterRevision}`;
    const messages = async function* (): AsyncGenerator<Told> {
      const path = `/api/v1/statemachines/${configuration}/${id}/watch${query}`;
      try {
        const response = await send(path, { signal: cutting.signal });
        if (!response.ok) throw new Error((await response.json<Json>()).reason);
        for await (const event of eventsOf(response, cutting.signal)) {
          const data: Json = JSON.parse(event["data"] ?? "");
          if (event["event"] === "problem") throw new Error(data.reason);
          const revision = Number(event["id"]);
          if (event["event"] === "heartbeat") yield { revision };
          else {
            const { kind, event_id: eventId, transition } = data;
            yield { revision, kind, from: transition.from, to: transition.to, eventId };
          }
        }
      } catch (error) {
        if (!cutting.signal.aborted) throw error;
      }
    };
    return { messages: messages(), cut: () => cutting.abort() };
  },
};

async function* eventsOf({ body }: Response, signal: AbortSignal): AsyncGenerator<Record<string, string>> {
  let rest = "";
  const reader = body?.pipeThrough(new TextDecoderStream()).getReader();
  // In Node a body may outlive the signal of its request.
  signal.addEventListener("abort", () => void reader?.cancel().catch(() => undefined));
  for (;;) {
    const read = await reader?.read();
    if (read === undefined || read.done) return;
    const events = (rest + read.value).split("\n\n");
    rest = events.pop() ?? "";
    for (const event of events) {
      const fields = Object.fromEntries(event.split("\n").map((line) => line.split(/: (.*)/s).slice(0, 2)));
      if (fields["data"] !== undefined) yield fields;
    }
  }
}
