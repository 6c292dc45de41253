/** A caller of one server: plain requests, and every door. */
import { createConnectTransport, createGrpcWebTransport } from "@connectrpc/connect-web";
import { CANARY } from "../canary.ts";
import { checkAnswer } from "./answer-check.ts";
import type { Door } from "./door.ts";
import { jsonDoor } from "./json-door.ts";
import type { SendJson } from "./json.ts";
import { v1Door } from "./v1-door.ts";
import { v1betaDoor } from "./v1beta-door.ts";

/** `fetch` takes the requests to `baseUrl`: the worker's own inside workerd, the network's in Node. */
export function createCaller(baseUrl: string, fetch: (request: Request) => Promise<Response>) {
  /** `path` begins with a slash. */
  const send = (path: string, init?: RequestInit): Promise<Response> => {
    const request = new Request(`${baseUrl}${path}`, init);
    // What every browser and proxy sends along, and nobody is to find in a log.
    for (const name of ["cookie", "referer", "user-agent"]) request.headers.set(name, CANARY);
    return fetch(request);
  };

  const sendJson: SendJson = async (path, body, headers = {}) => {
    const response = await send(
      path,
      body === undefined
        ? { headers }
        : {
            method: "POST",
            headers: { "content-type": "application/json", ...headers },
            body: typeof body === "string" ? body : JSON.stringify(body),
          },
    );
    const text = await response.text();
    const answer: unknown = text === "" ? undefined : JSON.parse(text);
    checkAnswer(body === undefined ? "GET" : "POST", path, response, answer);
    return { status: response.status, headers: response.headers, body: answer };
  };

  /** What Connect's browser client asks of fetch and workerd does not know is dropped. */
  const clientFetch: typeof globalThis.fetch = (input, init = {}) => {
    const { mode: _mode, credentials: _credentials, ...rest } = init as RequestInit & Record<string, unknown>;
    return fetch(new Request(input, { ...rest, redirect: "manual" }));
  };
  const options = { baseUrl, fetch: clientFetch };
  const connectJson = createConnectTransport({ ...options, useBinaryFormat: false });
  const connectBinary = createConnectTransport({ ...options, useBinaryFormat: true });
  const connectGet = createConnectTransport({ ...options, useHttpGet: true });
  const grpcWeb = createGrpcWebTransport(options);

  const doors: readonly Door[] = [
    v1betaDoor("v1beta Connect JSON", connectJson),
    v1betaDoor("v1beta Connect binary", connectBinary),
    v1betaDoor("v1beta gRPC-web", grpcWeb),
    v1Door("v1 Connect, reads by GET", connectGet),
    v1Door("v1 gRPC-web", grpcWeb),
    jsonDoor("JSON routes", sendJson),
  ];
  return { send, sendJson, connectJson, connectBinary, connectGet, grpcWeb, doors };
}
