/**
 * What a line of a load asks for: a machine to be created or an event to be sent, with the ids under which the service
 * knows it again when it is asked twice. Knows no service.
 */
import { createHash } from "node:crypto";
import * as v from "valibot";
import { parseJson } from "../../body.ts";
import { DetentError } from "../../errors.ts";
import { atLeast, atMost, integer, object, parseShape, record, shape, text, time } from "../../shape.ts";
import { LONGEST_LINE_BYTES, type TextLine } from "./lines.ts";

const NEW_MACHINE = { state: v.optional(text), data: v.optional(object), labels: v.optional(record(text)) };

const CREATE = shape({ config_id: text, id: v.optional(text), ...NEW_MACHINE });

const SEND = shape({
  configuration: text,
  id: text,
  event: text,
  event_id: v.optional(text),
  data: v.optional(object),
  details: v.optional(text),
  originator: v.optional(text),
  timestamp: v.optional(time),
  expected_state: v.optional(text),
  expected_revision: v.optional(v.pipe(integer, atLeast(0), atMost(0x7fff_ffff))),
  create_if_missing: v.optional(shape({ version: v.optional(text), ...NEW_MACHINE })),
});

/** `failure` is what a report adds: a report can be loaded as it is. */
const LINE = shape({ create: v.optional(CREATE), send: v.optional(SEND), failure: v.optional(object) });

const LONGEST_MESSAGE = 1_000;

interface Common {
  readonly line: number;
  /** Whose order has to be kept: configuration and id. */
  readonly machine: string;
  readonly bytes: number;
}

/** A machine to be created; `key` is that of its content: the same creation again, from whichever file, is the same. */
export interface CreateItem extends Common {
  readonly kind: "create";
  readonly body: v.InferOutput<typeof CREATE> & { readonly id: string };
  readonly key: string;
}

/** An event to be sent. */
export interface SendItem extends Common {
  readonly kind: "send";
  readonly body: v.InferOutput<typeof SEND> & { readonly event_id: string };
}

export type Item = CreateItem | SendItem;

/** Why a line asks for nothing that could be sent. */
export class InvalidLine extends Error {
  override readonly name = "InvalidLine";

  constructor(message: string, options?: ErrorOptions) {
    // It may quote the line, which may be long.
    super(message.length > LONGEST_MESSAGE ? `${message.slice(0, LONGEST_MESSAGE)}...` : message, options);
  }
}

/**
 * Reads a line. What has no id of its own gets one made of `identity`, the file's, and the number of the line: the same
 * whenever the same file is loaded. Throws InvalidLine.
 */
export function readItem(line: TextLine, identity: string): Item {
  const { create, send } = parseLine(line);
  const common = { line: line.number, bytes: line.bytes?.byteLength ?? 0 };
  if (create !== undefined && send === undefined) {
    const body = { ...create, id: create.id || deriveId(identity, line.number) };
    const [configuration = ""] = body.config_id.split(":");
    return { ...common, kind: "create", machine: machineOf(configuration, body.id), body, key: keyOf(body) };
  }
  if (send !== undefined && create === undefined) {
    const body = { ...send, event_id: send.event_id || deriveId(identity, line.number) };
    return { ...common, kind: "send", machine: machineOf(body.configuration, body.id), body };
  }
  throw new InvalidLine('a line has one of "create" and "send"');
}

function parseLine({ bytes }: TextLine): v.InferOutput<typeof LINE> {
  if (bytes === undefined) throw new InvalidLine(`the line is longer than ${LONGEST_LINE_BYTES} bytes`);
  try {
    return parseShape(LINE, parseJson(decode(bytes)), "the line");
  } catch (error) {
    if (!(error instanceof DetentError)) throw error;
    const [first] = error.violations;
    if (first === undefined) throw new InvalidLine(error.message, { cause: error });
    const message = first.message.replace("the body", "the line");
    const others = error.violations.length - 1;
    throw new InvalidLine(others > 0 ? `${message}; and ${others} more` : message, { cause: error });
  }
}

function decode(bytes: Buffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw new InvalidLine("the line is not valid UTF-8", { cause: error });
  }
}

function machineOf(configuration: string, id: string): string {
  return `${configuration}/${id}`;
}

/** A UUID that is the same for the same line: version 8 (RFC 9562) with bits of a SHA-256. */
function deriveId(identity: string, line: number): string {
  const bytes = createHash("sha256").update(`${identity}:${line}`).digest();
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join("-");
}

function keyOf({ config_id: configId, id, state = "", data = {}, labels = {} }: CreateItem["body"]): string {
  return createHash("sha256")
    .update(JSON.stringify([configId, id, state, data, labels]))
    .digest("hex");
}
