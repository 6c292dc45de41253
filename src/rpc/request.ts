/**
 * What of a request is checked before connect reads it. Connect answers some faults by itself, as internal, without our
 * details or without a body at all; so they are found here first and answered at the gate, in the caller's protocol.
 */
import { fromBinary, fromJsonString, type DescMessage } from "@bufbuild/protobuf";
import { base64Decode } from "@bufbuild/protobuf/wire";
import { contentTypeOf, decodeUtf8, parseJson, readBody, refuseCompression } from "../body.ts";
import { LIMITS } from "../engine/limits.ts";
import { clip } from "../engine/names.ts";
import { DetentError, invalid, type Violation } from "../errors.ts";
import { OPTIONS } from "./options.ts";
import { carriesConfiguration, listUnknownKeys, listUnknownNumbers } from "./unknown-fields.ts";

/** How a message stands in a body. */
interface Encoding {
  readonly framed: boolean;
  readonly json: boolean;
}

/** The content types of Connect and gRPC-web, apart from its text form, which connect does not read. */
const ENCODINGS: Readonly<Record<string, Encoding>> = {
  "application/proto": { framed: false, json: false },
  "application/json": { framed: false, json: true },
  "application/connect+proto": { framed: true, json: false },
  "application/connect+json": { framed: true, json: true },
  "application/grpc-web": { framed: true, json: false },
  "application/grpc-web+proto": { framed: true, json: false },
  "application/grpc-web+json": { framed: true, json: true },
};

/** Flag and length before a message in gRPC-web and in Connect streams. */
const PREFIX_BYTES = 5;

/** How messages inside a body may be compressed; the body itself is `readBody`'s business. */
const CODINGS = ["connect-content-encoding", "grpc-encoding"];
const TIMEOUTS: Readonly<Record<string, RegExp>> = {
  "connect-timeout-ms": /^\d{1,10}$/,
  "grpc-timeout": /^\d{1,8}[HMSmun]$/,
};

/** Characters of what the library says is wrong: it quotes keys, which may be as long as a body. */
const LONGEST_DETAIL = 300;

const BATCHES = new Set(["detent.v1.SendEventsRequest", "detent.v1.EnqueueEventsRequest"]);

/** What a handler can read. */
export interface Readable {
  readonly request: Request;
  /** Why the call fails at the gate; the request is then not read. */
  readonly fault?: Error;
}

/** Whether messages come in an encoding that is read here. */
export function isReadable(request: Request): boolean {
  if (request.method !== "GET") return Object.hasOwn(ENCODINGS, contentTypeOf(request));
  return ["proto", "json"].includes(new URL(request.url).searchParams.get("encoding") ?? "");
}

/**
 * The request with its message checked, in the words connect understands. With a `denial` that is the fault, and nothing
 * is read: whoever may not call costs nothing.
 */
export async function toReadable(input: DescMessage, request: Request, denial: Error | undefined): Promise<Readable> {
  const { method } = request;
  const isGet = method === "GET";
  let body: Uint8Array<ArrayBuffer> | undefined;
  let fault = denial;
  try {
    if (denial === undefined) {
      refuseHeaders(request.headers);
      if (isGet) checkQuery(input, new URL(request.url).searchParams);
      else {
        body = await readBody(request, isBatch(input) ? LIMITS.batchBytes : LIMITS.bodyBytes);
        checkBody(input, ENCODINGS[contentTypeOf(request)], body);
      }
    }
  } catch (error) {
    fault = error as Error;
  }
  const url = new URL(request.url);
  url.searchParams.delete("compression");
  const headers = new Headers(request.headers);
  for (const name of ["content-length", "content-encoding", ...CODINGS]) headers.delete(name);
  for (const [name, pattern] of Object.entries(TIMEOUTS)) {
    if (!pattern.test(headers.get(name) ?? "")) headers.delete(name);
  }
  if (isGet) headers.delete("content-type");
  else headers.set("content-type", contentTypeOf(request));
  const plain = new Request(url, { method, headers, ...(body !== undefined && { body }) });
  return { request: plain, ...(fault !== undefined && { fault }) };
}

/** Whether a message carries many events. */
function isBatch({ typeName }: DescMessage): boolean {
  return BATCHES.has(typeName);
}

function refuseHeaders(headers: Headers): void {
  for (const name of CODINGS) refuseCompression(headers.get(name));
  for (const [name, pattern] of Object.entries(TIMEOUTS)) {
    const value = headers.get(name);
    if (value === null || pattern.test(value)) continue;
    throw invalid([{ pointer: `/${name}`, rule: "timeout", message: `${name} is not a timeout`, value: clip(value) }]);
  }
}

function checkQuery(input: DescMessage, query: URLSearchParams): void {
  refuseCompression(query.get("compression"));
  const version = query.get("connect");
  if (version !== null && version !== "v1") {
    throw invalid([{ pointer: "/connect", rule: "one_of", message: 'connect must be "v1"', value: clip(version) }]);
  }
  const message = query.get("message") ?? "";
  let bytes: Uint8Array;
  try {
    bytes = query.get("base64") === "1" ? base64Decode(message) : new TextEncoder().encode(message);
  } catch {
    throw new DetentError("INVALID_ARGUMENT", "the message cannot be decoded: it is not base64");
  }
  check(input, query.get("encoding") === "json", bytes);
}

function checkBody(input: DescMessage, encoding: Encoding | undefined, body: Uint8Array): void {
  if (encoding === undefined) throw new Error("the content type was not checked");
  check(input, encoding.json, encoding.framed ? unframe(body) : body);
}

function unframe(body: Uint8Array): Uint8Array {
  const flags = body[0] ?? 0;
  const isWhole =
    body.byteLength >= PREFIX_BYTES &&
    new DataView(body.buffer, body.byteOffset).getUint32(1) === body.byteLength - PREFIX_BYTES;
  if (!isWhole)
    throw new DetentError("INVALID_ARGUMENT", "the body is not one whole message: it is cut off or too long");
  if (flags !== 0) throw new DetentError("INVALID_ARGUMENT", "compressed messages are not accepted");
  return body.subarray(PREFIX_BYTES);
}

function check(input: DescMessage, isJson: boolean, bytes: Uint8Array): void {
  let unknown: Violation[] = [];
  if (isJson) {
    const text = decodeUtf8(bytes);
    const value = parseJson(text);
    if (carriesConfiguration(input)) unknown = listUnknownKeys(input, value);
    // A key that is there twice is only seen in the text.
    if (unknown.length === 0) decoded(() => fromJsonString(input, text, OPTIONS.jsonOptions));
  } else {
    const message = decoded(() => fromBinary(input, bytes));
    if (carriesConfiguration(input)) unknown = listUnknownNumbers(input, message);
  }
  if (unknown.length > 0) throw invalid(unknown);
}

function decoded<T>(decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    const shown = detail.length > LONGEST_DETAIL ? `${detail.slice(0, LONGEST_DETAIL)}…` : detail;
    throw new DetentError("INVALID_ARGUMENT", `the message cannot be decoded: ${shown}`);
  }
}
