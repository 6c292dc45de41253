/**
 * Whether a request's message can be decoded, before connect tries: what connect fails to decode it reports as
 * internal, before any interceptor, and so without our details. A request that cannot is replaced by an empty one,
 * which travels to the interceptor that answers with the real reason, in the caller's protocol.
 */
import { fromBinary, fromJsonString, type DescMessage } from "@bufbuild/protobuf";
import { base64Decode } from "@bufbuild/protobuf/wire";
import { refuseDeepJson, decodeUtf8 } from "../body.ts";
import { DetentError } from "../errors.ts";
import { isStrict, LENIENT, STRICT } from "./options.ts";

/** Flag and length before a message in gRPC-web and in Connect streams. */
const PREFIX_BYTES = 5;

/** Throws INVALID_ARGUMENT unless the body of a POST is a message of this type. */
export function checkBody(input: DescMessage, contentType: string, body: Uint8Array): void {
  const [, framed, format] = /^application\/(grpc-web\+|connect\+)?(proto|json)\s*(?:;|$)/i.exec(contentType) ?? [];
  // The rest (grpc-web without a format, -text) is the protocol's own business.
  if (format === undefined) return;
  check(input, format.toLowerCase(), framed === undefined ? body : unframe(body));
}

/** Throws INVALID_ARGUMENT unless the query of a Connect GET carries a message of this type. */
export function checkQuery(input: DescMessage, query: URLSearchParams): void {
  if (query.has("compression")) return;
  const message = query.get("message") ?? "";
  let bytes: Uint8Array;
  try {
    bytes = query.get("base64") === "1" ? base64Decode(message) : new TextEncoder().encode(message);
  } catch {
    throw new DetentError("INVALID_ARGUMENT", "the message cannot be decoded: it is not base64");
  }
  check(input, query.get("encoding") === "proto" ? "proto" : "json", bytes);
}

/** An empty message in the format of a POST. */
export function emptyBody(contentType: string): Uint8Array<ArrayBuffer> {
  const isJson = /\+?json/i.test(contentType);
  const message = isJson ? [0x7b, 0x7d] : [];
  const isFramed = /^application\/(?:grpc-web|connect\+)/i.test(contentType);
  return Uint8Array.from(isFramed ? [0, 0, 0, 0, message.length, ...message] : message);
}

/** The URL of the same GET with an empty message. */
export function withEmptyMessage(url: string): string {
  const empty = new URL(url);
  empty.searchParams.delete("base64");
  empty.searchParams.set("message", empty.searchParams.get("encoding") === "proto" ? "" : "{}");
  return empty.href;
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

function check(input: DescMessage, format: string, bytes: Uint8Array): void {
  if (format === "proto") return decoded(() => fromBinary(input, bytes));
  const text = decodeUtf8(bytes);
  refuseDeepJson(text);
  const { jsonOptions } = isStrict(input) ? STRICT : LENIENT;
  return decoded(() => fromJsonString(input, text, jsonOptions));
}

function decoded(decode: () => unknown): void {
  try {
    decode();
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    throw new DetentError("INVALID_ARGUMENT", `the message cannot be decoded: ${detail}`);
  }
}
