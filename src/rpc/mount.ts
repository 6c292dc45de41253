/** The RPC door on fetch: Connect and gRPC-web, binary and JSON. Finds the handler, bounds the body, maps errors. */
import {
  Code,
  ConnectError,
  createConnectRouter,
  createContextValues,
  type HandlerContext,
  type Interceptor,
} from "@connectrpc/connect";
import {
  universalServerRequestFromFetch,
  universalServerResponseToFetch,
  type UniversalHandler,
} from "@connectrpc/connect/protocol";
import type { Principal } from "../auth/principal.ts";
import { requireAccess, type Access } from "../auth/scope.ts";
import { contentTypeOf } from "../body.ts";
import { clip } from "../engine/names.ts";
import { DetentError } from "../errors.ts";
import { CALL, callOf, type Arrival, type Call } from "./call.ts";
import { toConnectError } from "./connect-error.ts";
import { registerHealth } from "./health.ts";
import { OPTIONS } from "./options.ts";
import type { Register } from "./register.ts";
import { isReadable, toReadable } from "./request.ts";
import { registerV1 } from "./v1.ts";
import { registerV1beta } from "./v1beta.ts";

/** Makes a call whose method asks for no credential. */
const NOBODY: Principal = { tenant: "", actor: "", scopes: new Set() };

/** The door as the composition root sees it. */
interface RpcDoor {
  /** Whether a method has this path. */
  serves(path: string): boolean;
  /** The answer. Throws what cannot be said in any of the protocols. */
  handle(request: Request, arrival: Arrival): Promise<Response>;
  /** Every method and who may call it, by path. */
  readonly access: ReadonlyMap<string, Access>;
}

export function createRpcDoor(): RpcDoor {
  const router = createConnectRouter({ ...OPTIONS, requestGate, interceptors: [interceptor] });
  const access = new Map<string, Access>();
  const register: Register = (method, asked, handle) => {
    access.set(`/${method.parent.typeName}/${method.name}`, asked);
    router.rpc(method, handle);
  };
  registerV1beta(register);
  registerV1(register);
  registerHealth(register, router);
  const handlers = new Map(router.handlers.map((handler) => [handler.requestPath, handler]));

  const handle = async (request: Request, arrival: Arrival): Promise<Response> => {
    const { pathname } = new URL(request.url);
    const handler = handlers.get(pathname);
    if (handler === undefined) throw new Error("no method has this path");
    arrival.onOperation(pathname);
    const { principal, denial } = await admit(arrival, access.get(pathname));
    const unmountable = findUnmountable(handler, request);
    if (unmountable !== undefined) throw denial ?? unmountable;
    const { request: plain, fault } = await toReadable(handler.method.input, request, denial);
    const call = { ...arrival, principal, ...(fault !== undefined && { fault }) };
    const values = createContextValues().set(CALL, call);
    const gone = new AbortController();
    const signal = AbortSignal.any([request.signal, gone.signal]);
    const universal = { ...universalServerRequestFromFetch(plain, {}), signal, contextValues: values };
    return tellingWhenGone(universalServerResponseToFetch(await handler(universal)), gone);
  };
  return { serves: (path) => handlers.has(path), handle, access };
}

/** The same response; `gone` hears when nobody reads it any more: a handler that waits would hear of it only when it goes on. */
function tellingWhenGone(response: Response, gone: AbortController): Response {
  if (response.body === null) return response;
  const reader = response.body.getReader();
  const body = new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        const { done, value } = await reader.read();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      cancel: async (reason) => {
        gone.abort(reason);
        await reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
  return new Response(body, response);
}

function requestGate(context: HandlerContext): void {
  const call = callOf(context);
  if (call.fault !== undefined) failWith(call)(call.fault);
}

const interceptor: Interceptor = (next) => async (request) => {
  const fail = failWith(callOf({ values: request.contextValues }));
  try {
    const response = await next(request);
    return response.stream ? { ...response, message: guarded(response.message, fail, request.signal) } : response;
  } catch (error) {
    return fail(error);
  }
};

/** Ends a call in Connect's words, and logs what is not the caller's fault. */
function failWith({ house, requestId }: Call) {
  return (error: unknown): never => {
    if (!isMapped(error)) house.log.fail(error);
    throw toConnectError(error, requestId);
  };
}

/** Who calls, or why he may not. Nobody may call a method that does not say who may. */
async function admit(
  arrival: Arrival,
  access: Access = "root",
): Promise<{ readonly principal: Principal; readonly denial?: Error }> {
  if (access === "open") return { principal: NOBODY };
  try {
    const principal = await arrival.authenticate();
    requireAccess(principal, access);
    return { principal };
  } catch (error) {
    return { principal: NOBODY, denial: error as Error };
  }
}

/** Why a request speaks none of the protocols, so that there is no protocol to answer it in. */
function findUnmountable(handler: UniversalHandler, request: Request): DetentError | undefined {
  const methods = methodsOf(handler);
  if (!methods.includes(request.method)) {
    const allow = methods.join(", ");
    const message = `${request.method} is not allowed here; allowed: ${allow}`;
    return new DetentError("METHOD_NOT_ALLOWED", message, { metadata: { allow } });
  }
  const type = contentTypeOf(request);
  if (isReadable(request) && (request.method === "GET" || handler.supportedContentType(type))) return undefined;
  return new DetentError("UNSUPPORTED_MEDIA_TYPE", describeUnsupported(request, type));
}

/** An error that a handler has already put in Connect's words, because v1beta departs from the table: no bug. */
function isMapped(error: unknown): boolean {
  return error instanceof ConnectError && error.code !== Code.Internal && error.code !== Code.Unknown;
}

/** Connect lets a stream without side effects be asked by GET, and then answers an empty 415. */
function methodsOf({ allowedMethods, method }: UniversalHandler): string[] {
  return method.methodKind === "unary" ? allowedMethods : allowedMethods.filter((name) => name !== "GET");
}

function describeUnsupported(request: Request, contentType: string): string {
  if (request.method === "GET") return 'a GET says how its message is encoded: encoding must be "json" or "proto"';
  return /^application\/grpc(?:\+|$)/.test(contentType)
    ? "native gRPC is not served here; use Connect or gRPC-web"
    : `content type "${clip(contentType)}" is not one this method has in Connect or gRPC-web`;
}

async function* guarded<T>(
  messages: AsyncIterable<T>,
  fail: (error: unknown) => never,
  signal: AbortSignal,
): AsyncIterable<T> {
  try {
    yield* messages;
  } catch (error) {
    // Thrown by whoever stopped reading: nobody is told, and nothing went wrong.
    if (!signal.aborted) fail(error);
  }
  // A deadline that the caller has set is said; the stream has not come to its end.
  signal.throwIfAborted();
}
