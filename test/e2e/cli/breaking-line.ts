/** A line to the server that breaks: what comes through it is real, but for its end. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";

export interface BreakingLine {
  readonly url: string;
  /** What was asked for, in order. */
  readonly asked: readonly string[];
  close(): void;
}

/** `bytesOf` says how many bytes of the answer to a request come through before the line breaks; undefined: all of them. */
export async function startBreakingLine(
  target: string,
  bytesOf: (path: string, nth: number) => number | undefined,
): Promise<BreakingLine> {
  const asked: string[] = [];
  const pass = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = request.url ?? "";
    const nth = asked.push(path);
    const headers = new Headers({ "content-type": request.headers["content-type"] ?? "application/json" });
    const key = request.headers["idempotency-key"];
    if (typeof key === "string") headers.set("idempotency-key", key);
    const { method = "GET" } = request;
    const sent = { method, headers, ...(method !== "GET" && { body: await buffer(request) }) };
    const answer = await fetch(target + path, sent);
    const whole = Buffer.from(await answer.arrayBuffer());
    const bytes = bytesOf(path, nth);
    if (bytes === 0) {
      request.socket.destroy();
      return;
    }
    const type = answer.headers.get("content-type") ?? "";
    response.writeHead(answer.status, { "content-type": type, "content-length": whole.byteLength });
    if (bytes === undefined) response.end(whole);
    else response.write(whole.subarray(0, bytes), () => request.socket.destroy());
  };
  const server = createServer((request, response) => {
    pass(request, response).catch((error: unknown) => response.destroy(error as Error));
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    close: () => server.close(),
  };
}
