/** Connect, unary and streaming, as POST and GET, and gRPC-web: whatever bytes come, the answer is one of the protocol's. */
import type { DescMethod, DescService } from "@bufbuild/protobuf";
import { MethodOptions_IdempotencyLevel } from "@bufbuild/protobuf/wkt";
import * as fc from "fast-check";
import { ConfigurationService } from "../../../src/gen/detent/v1/configuration_service_pb.ts";
import { DeadLetterService } from "../../../src/gen/detent/v1/dead_letter_service_pb.ts";
import { FeedService } from "../../../src/gen/detent/v1/feed_service_pb.ts";
import { JobService } from "../../../src/gen/detent/v1/job_service_pb.ts";
import { MachineService } from "../../../src/gen/detent/v1/machine_service_pb.ts";
import { StatemachineService } from "../../../src/gen/statemachine/v1beta/statemachine_pb.ts";
import { createRpcDoor } from "../../../src/rpc/mount.ts";
import { callOf } from "./doors.ts";
import { encode, frame, outcomeOf, PROTOCOLS, sampleOf, type Protocol } from "./envelope.ts";
import { nextHouse } from "./house.ts";
import { editJson } from "./json-tree.ts";
import { editBytes, edits, editText, fewEdits, HOSTILE_TEXTS, pick, type Edit } from "./mutations.ts";
import { fuzz } from "./target.ts";

const SERVICES: readonly DescService[] = [
  ConfigurationService,
  MachineService,
  FeedService,
  JobService,
  DeadLetterService,
  StatemachineService,
];
const METHODS: readonly DescMethod[] = SERVICES.flatMap((service) => service.methods);
const door = createRpcDoor();

interface Sent {
  readonly method: DescMethod;
  /** Of those that have one, mostly. */
  readonly protocol: number;
  readonly mask: number;
  readonly inTree: readonly Edit[];
  readonly inText: readonly Edit[];
  readonly inBytes: readonly Edit[];
  readonly inFrame: readonly Edit[];
  readonly flags: number;
  readonly lie: number;
  readonly headers: Record<string, string>;
  readonly query: Record<string, string>;
}

const rarely = <T>(usual: T, other: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  fc.oneof({ weight: 15, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: other });

/** What `fetch` takes: a header of anything else never leaves the caller. */
const headerText = fc
  .constantFrom(...HOSTILE_TEXTS, "1", "0", "99999999999", "1S", "1x", "00000001n", "gzip", "identity", "br, gzip")
  .map((text) => text.replaceAll(/[^\u0020-\u00ff]/g, "?").trim());
const HEADERS = (
  "content-type connect-protocol-version connect-timeout-ms grpc-timeout content-encoding connect-content-encoding " +
  "grpc-encoding grpc-accept-encoding accept-encoding x-grpc-web te"
).split(" ");
const contentType = fc.constantFrom(
  "",
  "application/json; charset=utf-16",
  "APPLICATION/JSON;charset=UTF-8",
  "application/grpc",
  "application/grpc+proto",
  "application/grpc-web-text",
  "application/x-www-form-urlencoded",
  "constructor",
  ...PROTOCOLS.map((protocol) => protocol.contentType),
);

const inputs: fc.Arbitrary<Sent> = fc.record({
  method: fc.constantFrom(...METHODS),
  protocol: fc.nat({ max: 99 }),
  mask: fc.oneof(fc.constant(0), fc.nat({ max: 2 ** 20 - 1 })),
  inTree: edits,
  inText: fewEdits,
  inBytes: edits,
  inFrame: fewEdits,
  flags: rarely(0, fc.constantFrom(1, 2, 3, 0x80, 0xff)),
  lie: rarely(0, fc.constantFrom(1, -1, 1_000, -1_000, 2 ** 31, 2 ** 32 - 1)),
  headers: rarely(
    {},
    fc.dictionary(fc.constantFrom(...HEADERS), fc.oneof(headerText, contentType), {
      maxKeys: 3,
      noNullPrototype: true,
    }),
  ),
  query: rarely(
    {},
    fc.dictionary(
      fc.constantFrom("encoding", "message", "base64", "compression", "connect", "__proto__", "x"),
      fc.constantFrom(...HOSTILE_TEXTS, "json", "proto", "1", "v1", "v2", "gzip", "{}"),
      { maxKeys: 3, noNullPrototype: true },
    ),
  ),
});

/** One in fifteen is in a protocol that the method does not have. */
function protocolOf({ method, protocol }: Sent): Protocol {
  const isStream = method.methodKind !== "unary";
  const own = PROTOCOLS.filter(({ contentType: type, get }) => {
    if (get) return method.idempotency === MethodOptions_IdempotencyLevel.NO_SIDE_EFFECTS && !isStream;
    return type.startsWith("application/grpc-web") || type.startsWith("application/connect+") === isStream;
  });
  return protocol % 15 === 0 ? pick(PROTOCOLS, protocol) : pick(own, protocol);
}

function messageOf(sent: Sent, { json }: Protocol): Uint8Array {
  const { input } = sent.method;
  const sample = sampleOf(input, sent.mask);
  const text = editJson(sample, sent.inTree);
  if (json) return editBytes(Buffer.from(editText(text, sent.inText)), sent.inFrame);
  // Bytes are edited where the values are not.
  return editBytes(encode(input, text, sample), sent.inTree.length === 0 ? sent.inBytes : sent.inFrame);
}

function requestOf(sent: Sent): Request {
  const { method, headers: more } = sent;
  const protocol = protocolOf(sent);
  const message = messageOf(sent, protocol);
  const url = new URL(`http://localhost/${method.parent.typeName}/${method.name}`);
  const headers = new Headers(more);
  if (protocol.get) {
    url.searchParams.set("connect", "v1");
    url.searchParams.set("encoding", protocol.contentType);
    if (!protocol.json || sent.mask % 2 === 1) url.searchParams.set("base64", "1");
    const isBase64 = url.searchParams.has("base64");
    url.searchParams.set("message", Buffer.from(message).toString(isBase64 ? "base64url" : "utf8"));
    for (const [name, value] of Object.entries(sent.query)) url.searchParams.set(name, value.toWellFormed());
    return new Request(url, { headers });
  }
  if (!headers.has("content-type")) headers.set("content-type", protocol.contentType);
  const body = protocol.framed ? editBytes(frame(message, sent.flags, sent.lie), sent.inFrame) : message;
  return new Request(url, { method: "POST", headers, body: new Uint8Array(body) });
}

fuzz<Sent>({
  name: "a call of Connect or gRPC-web is answered, or refused with a reason",
  inputs,
  describe: (sent) => {
    const protocol = protocolOf(sent);
    const { method, url, headers } = requestOf(sent);
    const message = Buffer.from(messageOf(sent, protocol));
    const { flags, lie } = sent;
    const shown = protocol.json ? message.toString() : message.toString("hex");
    return JSON.stringify({ method, url, headers: Object.fromEntries(headers), flags, lie, shown });
  },
  accepted: 0.15,
  reasons: 60,
  feed: async (sent) => {
    const { house, complaints } = await nextHouse();
    const outcome = await outcomeOf(await door.handle(requestOf(sent), callOf(house)));
    const [complaint] = complaints.splice(0);
    if (complaint !== undefined) throw new Error(`the log complains: ${complaint}`);
    return outcome;
  },
});
