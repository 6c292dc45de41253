/** The RPC door on fetch: Connect and gRPC-web, binary and JSON. Finds the handler, bounds the body, maps errors. */
import { Code, ConnectError, createConnectRouter, createContextValues, type Interceptor } from "@connectrpc/connect";
import { universalServerRequestFromFetch, universalServerResponseToFetch } from "@connectrpc/connect/protocol";
import { readBody } from "../body.ts";
import { clip } from "../engine/names.ts";
import { DetentError } from "../errors.ts";
import { CALL, callOf, type Call } from "./call.ts";
import { toConnectError } from "./connect-error.ts";
import { checkBody, checkQuery, emptyBody, withEmptyMessage } from "./message.ts";
import { LENIENT } from "./options.ts";
import { refuseUnknownFields } from "./unknown-fields.ts";
import { registerV1 } from "./v1.ts";
import { registerV1beta } from "./v1beta.ts";

/** Methods that need no credential. */
const OPEN = new Set(["/statemachine.v1beta.StatemachineService/Health", "/grpc.health.v1.Health/Check"]);

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
    if (request.method === "POST" && !handler.supportedContentType(type)) {
      // No interceptor will see this call.
      if (!OPEN.has(handler.requestPath)) call.principal();
      throw new DetentError("UNSUPPORTED_MEDIA_TYPE", refusalOf(type));
    }
    let url = request.url;
    let body: Uint8Array<ArrayBuffer> | undefined;
    let bodyError: Error | undefined;
    try {
      if (request.method === "POST") {
        body = await readBody(request);
        checkBody(handler.method.input, type, body);
      } else {
        checkQuery(handler.method.input, new URL(url).searchParams);
      }
    } catch (error) {
      bodyError = error as Error;
      if (request.method === "POST") body = emptyBody(type);
      else url = withEmptyMessage(url);
    }
    const plain = new Request(url, {
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

function refusalOf(contentType: string): string {
  return /^application\/grpc(?:\+|;|$)/i.test(contentType)
    ? "native gRPC is not served here; use Connect or gRPC-web"
    : `content type "${clip(contentType)}" is neither Connect nor gRPC-web`;
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
