/** Server-Sent Events (https://html.spec.whatwg.org/multipage/server-sent-events.html), as far as the service writes them. */
import { readLines } from "./lines.ts";

export interface ServerSentEvent {
  /** Empty: it has no name. */
  readonly name: string;
  /** Empty: it has none. */
  readonly id: string;
  readonly data: string;
}

/** The events of a body; one that is cut off is none. `onChunk` hears of every sign of life. */
export async function* readServerSentEvents(response: Response, onChunk: () => void): AsyncGenerator<ServerSentEvent> {
  let fields = new Map<string, string>();
  for await (const line of readLines(response, onChunk)) {
    if (line === "") {
      const data = fields.get("data");
      if (data !== undefined) yield { name: fields.get("event") ?? "", id: fields.get("id") ?? "", data };
      fields = new Map();
      continue;
    }
    const [, name = "", value = ""] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
    const earlier = name === "data" ? fields.get("data") : undefined;
    fields.set(name, earlier === undefined ? value : `${earlier}\n${value}`);
  }
}
