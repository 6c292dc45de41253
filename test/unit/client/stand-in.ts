/** A server that is none: it answers over a real connection whatever a test says, as no Detent server would. */
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import { createClient, DetentError, type Client, type ClientOptions } from "../../../src/client/index.ts";

export interface StandIn {
  readonly url: string;
  /** Headers of the requests that have come. */
  readonly seen: IncomingMessage["headers"][];
  readonly clientWith: (options?: Partial<ClientOptions>) => Client;
}

/** Answers each request with `answer`, whose `nr` begins with 0; gone when the test is. */
export async function standIn(answer: (response: ServerResponse, nr: number) => void): Promise<StandIn> {
  const seen: IncomingMessage["headers"][] = [];
  const server = createServer((request, response) => {
    request.resume();
    answer(response, seen.push(request.headers) - 1);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const retry = { firstWaitMs: 5, longestWaitMs: 50 };
  return { url, seen, clientWith: (options = {}) => createClient({ url, retry, ...options }) };
}

/** An answer of JSON. */
export const json =
  (body: string, status = 200, headers: Record<string, string> = {}) =>
  (response: ServerResponse): void =>
    void response.writeHead(status, { "content-type": "application/json", ...headers }).end(body);

/** An answer that never comes. */
export const hang = (): void => undefined;

/** Begins a stream; each message goes out at once. */
export function openStream(response: ServerResponse): { send(message: object): void; end(trailer?: object): void } {
  response.writeHead(200, { "content-type": "application/connect+json" }).flushHeaders();
  const write = (flags: number, message: object): void => {
    const body = Buffer.from(JSON.stringify(message));
    const head = Buffer.alloc(5);
    head.writeUInt8(flags, 0);
    head.writeUInt32BE(body.length, 1);
    response.write(Buffer.concat([head, body]));
  };
  return {
    send: (message) => write(0, message),
    end: (trailer = {}) => {
      write(2, trailer);
      response.end();
    },
  };
}

/** A stream that a server ends at once, as it does with those whom it does not know. */
export const denyStream = (response: ServerResponse): void =>
  openStream(response).end({ error: { code: "unauthenticated", message: "no" } });

/** What `work` fails with, which is a DetentError. */
export async function failureOf(work: Promise<unknown>): Promise<DetentError> {
  const error = await work.then(
    () => new Error("it did not fail"),
    (thrown: unknown) => thrown,
  );
  if (error instanceof DetentError) return error;
  throw error;
}
