/** Requests of Connect and gRPC-web, byte by byte, and what their answers say. */
import {
  create,
  fromBinary,
  fromJson,
  ScalarType,
  toBinary,
  type DescField,
  type DescMessage,
  type JsonValue,
} from "@bufbuild/protobuf";
import { ErrorInfoSchema } from "../../../src/gen/google/rpc/error_details_pb.ts";
import { MACHINES } from "./house.ts";
import { ACCEPTED, gistOf, refuseBugs, refuseNaN } from "./target.ts";

/** A way to write a message. */
export interface Protocol {
  readonly contentType: string;
  readonly json: boolean;
  readonly framed: boolean;
  readonly get?: true;
}

const of = (contentType: string, framed: boolean): Protocol => ({
  contentType,
  framed,
  json: contentType.endsWith("json"),
});

export const PROTOCOLS: readonly Protocol[] = [
  of("application/json", false),
  of("application/proto", false),
  { ...of("json", false), get: true },
  { ...of("proto", false), get: true },
  of("application/connect+json", true),
  of("application/connect+proto", true),
  of("application/grpc-web", true),
  of("application/grpc-web+proto", true),
  of("application/grpc-web+json", true),
];

/** What fields of these names mostly hold, so that there is something to be found. */
const USUAL: Readonly<Record<string, JsonValue>> = {
  configuration: "orders",
  config: "orders",
  config_id: "orders:v1",
  version: "v1",
  id: MACHINES[0] ?? "",
  value: "orders:v1",
  event: "accept",
  state: "start",
  name: "made",
  starting_state: "a",
  states: ["a", "b"],
  from: "a",
  to: "b",
  guard: "true",
  after: "PT1H",
  unhandled: "reject",
  defer_for: "PT1H",
  comment: "because",
  order: "",
  page_token: "",
  after_cursor: "",
  wait: "",
  timestamp: "2026-11-24T09:30:00Z",
  expected_revision: 2,
  page_size: 3,
};
/** What ends or changes something does it to what nobody else asks about. */
const OTHERS: Readonly<Record<string, string>> = {
  "detent.v1.DeleteMachineRequest.id": MACHINES[1] ?? "",
  "detent.v1.DeprecateConfigurationRequest.config_id": "small:v1",
};
/** Without these little is looked at. */
const NEEDED = new Set([
  "configuration",
  "config",
  "config_id",
  "id",
  "event",
  "events",
  "states",
  "starting_state",
  "value",
]);

/** A message of this kind, as JSON: which of its other fields it has are the bits of `mask`. */
export function sampleOf(desc: DescMessage, mask: number, depth = 0): JsonValue {
  if (desc.typeName === "google.protobuf.Struct") return { amount: 5, list: [1, "a", null, { b: true }] };
  if (desc.typeName === "google.protobuf.Value") return 1;
  if (desc.typeName === "google.protobuf.Timestamp") return "2026-11-24T09:30:00Z";
  if (desc.typeName === "google.protobuf.StringValue") return (mask & 1) === 1 ? "orders:v1" : "orders";
  if (desc.typeName.startsWith("google.protobuf.")) return {};
  const has = ({ name }: DescField, index: number): boolean => NEEDED.has(name) || ((mask >> (index % 20)) & 1) === 1;
  const fields = desc.fields.filter((field, index) => depth < 4 && has(field, index));
  const cases = new Set<string>();
  return Object.fromEntries(
    fields.flatMap((field) => {
      if (field.oneof !== undefined && cases.size === cases.add(field.oneof.name).size) return [];
      return [[field.jsonName, valueOf(field, mask, depth)] as const];
    }),
  );
}

function valueOf(field: DescField, mask: number, depth: number): JsonValue {
  const usual = OTHERS[`${field.parent.typeName}.${field.name}`] ?? USUAL[field.name];
  if (field.fieldKind === "message") return sampleOf(field.message, mask, depth + 1);
  if (field.fieldKind === "map")
    return { k: field.message === undefined ? "v" : sampleOf(field.message, mask, depth + 1) };
  if (field.fieldKind === "list") {
    if (field.message !== undefined) return [sampleOf(field.message, mask, depth + 1)];
    return Array.isArray(usual) ? usual : ["x"];
  }
  if (field.fieldKind === "enum") return 0;
  if (usual !== undefined) return usual;
  if (field.scalar === ScalarType.BOOL) return (mask & 1) === 1;
  return field.scalar === ScalarType.STRING ? "x" : 1;
}

/** JSON text as the bytes of a message; where it is no message of this kind, those of `sample`. */
export function encode(desc: DescMessage, text: string, sample: JsonValue): Uint8Array {
  const options = { ignoreUnknownFields: true };
  try {
    return toBinary(desc, fromJson(desc, JSON.parse(text) as JsonValue, options));
  } catch {
    return toBinary(desc, sample === null ? create(desc) : fromJson(desc, sample, options));
  }
}

/** Flag and length before a message. */
export function frame(message: Uint8Array, flags: number, lie: number): Uint8Array {
  const framed = Buffer.alloc(5 + message.byteLength);
  framed.writeUInt8(flags, 0);
  framed.writeUInt32BE((message.byteLength + lie) >>> 0, 1);
  framed.set(message, 5);
  return framed;
}

/** Codes of gRPC by their numbers, as Connect calls them. */
const CODES = (
  "ok canceled unknown invalid_argument deadline_exceeded not_found already_exists permission_denied " +
  "resource_exhausted failed_precondition aborted out_of_range unimplemented internal unavailable data_loss unauthenticated"
).split(" ");

interface Failure {
  readonly code?: string;
  readonly message?: string;
  readonly details?: readonly { readonly type: string; readonly value: string }[];
}

/** What an answer says, whichever protocol it is in; throws for what no caller may be told. */
export async function outcomeOf(response: Response): Promise<string> {
  const type = response.headers.get("content-type") ?? "";
  const body = Buffer.from(await response.arrayBuffer());
  if (type.startsWith("application/grpc-web")) return outcomeOfFailure(failureOfTrailers(trailersOf(response, body)));
  if (type.startsWith("application/connect+")) {
    const last = framesOf(body).at(-1);
    if (last?.flags !== 2) throw new Error("a stream has no end");
    const { error } = JSON.parse(last.data.toString()) as { error?: Failure };
    return outcomeOfFailure(error);
  }
  if (response.status === 200) {
    if (type === "application/json") refuseNaN(JSON.parse(body.toString()));
    return ACCEPTED;
  }
  if (type !== "application/json") throw new Error(`status ${response.status} without an error of Connect`);
  return outcomeOfFailure(JSON.parse(body.toString()) as Failure);
}

function outcomeOfFailure(failure: Failure | undefined): string {
  if (failure === undefined) return ACCEPTED;
  const { code = "", message = "", details = [] } = failure;
  if (["", "unknown", "internal", "unavailable", "data_loss"].includes(code)) throw new Error(`${code}: ${message}`);
  refuseBugs(message);
  const info = details.find(({ type }) => type === "google.rpc.ErrorInfo");
  // A deadline is Connect's own.
  if (info === undefined && code !== "deadline_exceeded") throw new Error(`${code} has no reason: ${message}`);
  const reason = info && fromBinary(ErrorInfoSchema, Buffer.from(info.value, "base64")).reason;
  return [code, reason, reason === "INVALID_ARGUMENT" ? gistOf(message) : ""].filter(Boolean).join(" ");
}

function framesOf(body: Buffer): { flags: number; data: Buffer }[] {
  const frames: { flags: number; data: Buffer }[] = [];
  for (let at = 0; at < body.length;) {
    const end = at + 5 + body.readUInt32BE(at + 1);
    frames.push({ flags: body.readUInt8(at), data: body.subarray(at + 5, end) });
    at = end;
  }
  return frames;
}

function trailersOf(response: Response, body: Buffer): Headers {
  if (response.headers.has("grpc-status")) return response.headers;
  const last = framesOf(body).at(-1);
  if (last === undefined || (last.flags & 0x80) === 0) throw new Error("an answer has no trailers");
  const lines = last.data.toString().split("\r\n").filter(Boolean);
  return new Headers(lines.map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1).trim()]));
}

function failureOfTrailers(trailers: Headers): Failure | undefined {
  const code = CODES[Number(trailers.get("grpc-status") ?? "2")] ?? "unknown";
  if (code === "ok") return undefined;
  const message = decodeURIComponent(trailers.get("grpc-message") ?? "");
  // Of google.rpc.Status the values of its details, each behind its type.
  const status = Buffer.from(trailers.get("grpc-status-details-bin") ?? "", "base64").toString("latin1");
  const [reason] = /[A-Z_]{6,}/.exec(status.split("google.rpc.ErrorInfo")[1] ?? "") ?? [];
  if (reason === undefined) return { code, message };
  const info = toBinary(ErrorInfoSchema, create(ErrorInfoSchema, { reason }));
  return { code, message, details: [{ type: "google.rpc.ErrorInfo", value: Buffer.from(info).toString("base64") }] };
}
