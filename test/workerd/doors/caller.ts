/** The caller of the worker under test, without a network. */
import { exports } from "cloudflare:workers";
import { createCaller } from "../../doors/caller.ts";

const worker = (exports as unknown as { default: Fetcher }).default;

export const { send, sendJson, connectJson, connectBinary, connectGet, grpcWeb, doors } = createCaller(
  "http://localhost",
  (request) => worker.fetch(request),
);
