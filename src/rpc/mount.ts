/** The RPC door on fetch: Connect and gRPC-web, binary and JSON. Finds the handler, bounds the body, maps errors. */
import { fromBinary, fromJsonString, type DescMessage } from "@bufbuild/protobuf";
import { Code, ConnectError, createConnectRouter, createContextValues, type Interceptor } from "@connectrpc/connect";
import {
  universalServerRequestFromFetch,
  universalServerResponseToFetch,
  type UniversalHandler,
} from "@connectrpc/connect/protocol";
import { decodeUtf8, readBody, refuseDeepJson } from "../body.ts";
import { DetentError } from "../errors.ts";
import { CALL, callOf, type Call } from "./call.ts";
import { toConnectError } from "./connect-error.ts";
import { LENIENT, STRICT } from "./options.ts";
import { refuseUnknownFields } from "./unknown-fields.ts";
import { registerV1 } from "./v1.ts";
import { registerV1beta } from "./v1beta.ts";

/** Methods that need no credential. */
const OPEN = new Set(["/statemachine.v1beta.StatemachineService/Health", "/grpc.health.v1.Health/Check"]);
/** An empty message in gRPC-web framing. */
const EMPTY_ENVELOPE = new Uint8Array(5);

/** `log` hears of every error before it is mapped. */
export function createRpcDoor(log: (error: unknown, requestId: string) => void) {
  const interceptor: Interceptor = (next) => async (request) => {
    const { requestId, principal, bodyError } = callOf({ values: request.contextValues });
    const fail = (error: unknown): never => {
      if (!isRefusal(error)) log(error, requestId);
      throw toConnectError(error, requestId);
    };
    try {
      if (!OPEN.has(new URL(request.url).pathname)) principal();
      if (bodyError !== undefined) throw bodyError;
      if (!request.stream) refuseUnknownFields(request.method, request.message);
      const response = await next(request);
      return response.stream ? { ...response, message: guarded(response.message, fail) } : response;
    } catch (error) {
      return fail(error);
    }
  };
  const router = createConnectRouter({ ...LENIENT, interceptors: [interceptor] });
  registerV1beta(router);
  registerV1(router);
  const handlers = new Map(router.handlers.map((handler) => [handler.requestPath, handler]));

  /** The answer, or undefined when no method has this path. */
  return async function handle(request: Request, call: Call): Promise<Response | undefined> {
    const handler = handlers.get(new URL(request.url).pathname);
    if (handler === undefined) return undefined;
    const type = request.headers.get("content-type") ?? "";
    if (/^application\/grpc(?:\+|;|$)/i.test(type)) {
      throw new DetentError("UNSUPPORTED_MEDIA_TYPE", "native gRPC is not served here; use Connect or gRPC-web");
    }
    if (request.method === "POST" && !handler.supportedContentType(type)) {
      throw new DetentError("UNSUPPORTED_MEDIA_TYPE", `content type "${type}" is neither Connect nor gRPC-web`);
    }
    let body: Uint8Array<ArrayBuffer> | undefined;
    let bodyError: Error | undefined;
    if (request.method === "POST") {
      try {
        body = await readBody(request);
        if (/json/i.test(type)) refuseDeepJson(decodeUtf8(body));
      } catch (error) {
        bodyError = error as Error;
      }
    }
    bodyError ??= request.method === "GET" ? undefined : decodeError(handler, type, body);
    if (bodyError !== undefined) body = emptyBody(type);
    const plain = new Request(request.url, {
      method: request.method,
      headers: withoutLength(request.headers),
      ...(body !== undefined && { body }),
    });
    const values = createContextValues().set(CALL, bodyError === undefined ? call : { ...call, bodyError });
    const universal = { ...universalServerRequestFromFetch(plain, {}), signal: request.signal, contextValues: values };
    return universalServerResponseToFetch(await handler(universal));
  };
}

/** An error that a handler has already put in Connect's words, because v1beta departs from the table: no bug. */
function isRefusal(error: unknown): boolean {
  return error instanceof ConnectError && error.code !== Code.Internal && error.code !== Code.Unknown;
}

/** What a decoder says of an unenveloped body: connect reports it as internal, before any interceptor. */
function decodeError(handler: UniversalHandler, type: string, body: Uint8Array | undefined): Error | undefined {
  if (body === undefined) return undefined;
  const { input } = handler.method;
  try {
    if (/^application\/proto/i.test(type)) fromBinary(input, body);
    else if (/^application\/json/i.test(type))
      fromJsonString(input, new TextDecoder().decode(body), jsonOptionsOf(input));
    else if (/^application\/(?:grpc-web(?:-text)?|connect)\+/i.test(type)) return undefined;
    return undefined;
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return new DetentError("INVALID_ARGUMENT", `the message cannot be decoded: ${detail}`);
  }
}

const CONFIGURATION_CALLS = new Set([
  "statemachine.v1beta.Configuration",
  "detent.v1.CreateConfigurationRequest",
  "detent.v1.CheckConfigurationRequest",
]);

function jsonOptionsOf(input: DescMessage) {
  return (CONFIGURATION_CALLS.has(input.typeName) ? STRICT : LENIENT).jsonOptions;
}

function emptyBody(type: string): Uint8Array<ArrayBuffer> {
  if (/^application\/json/i.test(type)) return new TextEncoder().encode("{}") as Uint8Array<ArrayBuffer>;
  if (/^application\/proto/i.test(type)) return new Uint8Array();
  return EMPTY_ENVELOPE;
}

function withoutLength(headers: Headers): Headers {
  const copy = new Headers(headers);
  copy.delete("content-length");
  return copy;
}

async function* guarded<T>(messages: AsyncIterable<T>, fail: (error: unknown) => never): AsyncIterable<T> {
  try {
    yield* messages;
  } catch (error) {
    fail(error);
  }
}
