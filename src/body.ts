/** Request bodies, read once and within bounds, whichever door they come through. */
import { LIMITS } from "./engine/limits.ts";
import { clip } from "./engine/names.ts";
import { DetentError } from "./errors.ts";
import { nestsDeeperThan } from "./json.ts";
import { within } from "./within.ts";

/** Brackets a body may nest beyond the data inside it: a batch, an event, its data. */
const ENVELOPE_DEPTH = 8;

/**
 * The content type in lower case, without parameters. Only UTF-8 is read: with another charset the whole header is
 * answered, which is no type that anyone knows.
 */
export function contentTypeOf(request: Request): string {
  const header = (request.headers.get("content-type") ?? "").toLowerCase();
  const [type = "", ...parameters] = header.split(";").map((part) => part.trim());
  const charset = parameters.find((parameter) => parameter.startsWith("charset="))?.slice("charset=".length);
  return charset === undefined || /^"?utf-?8"?$/.test(charset) ? type : header;
}

/** The body's bytes, never compressed ones; BODY_TOO_LARGE as soon as `most` is passed, whatever Content-Length says. */
export async function readBody(request: Request, most: number = LIMITS.bodyBytes): Promise<Uint8Array<ArrayBuffer>> {
  refuseCompression(request.headers.get("content-encoding"));
  if (Number(request.headers.get("content-length") ?? 0) > most) throw tooLarge(most);
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of request.body ?? []) {
      size += chunk.byteLength;
      if (size > most) throw tooLarge(most);
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof DetentError) throw error;
    throw new DetentError("INVALID_ARGUMENT", "the body ended before it was complete", { cause: error });
  }
  const body = new Uint8Array(size);
  let offset = 0;
  for (const chunk of chunks) {
    body.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return body;
}

/** An answer does not wait longer than this for the rest of its request. */
const REST_WITHIN_MS = 5_000;

/**
 * Lets go of a body that nobody has read, up to 8 MiB of it: a server that answers and closes while its caller still
 * writes may never have its answer read. Nothing is decoded or kept.
 */
export async function discardRest({ body, bodyUsed }: Request): Promise<void> {
  if (body === null || bodyUsed) return;
  const reader = body.getReader();
  const discard = async (): Promise<void> => {
    for (let size = 0; size <= LIMITS.batchBytes;) {
      const { done, value } = (await reader.read()) as ReadableStreamReadResult<Uint8Array>;
      if (done) return;
      size += value.byteLength;
    }
  };
  // A caller who is gone, or too slow, has no use for the answer.
  await within(REST_WITHIN_MS, "the caller", discard()).catch(() => {});
}

function tooLarge(most: number): DetentError {
  return new DetentError("BODY_TOO_LARGE", `the body is larger than the limit of ${most} bytes`, {
    metadata: { limit: String(most) },
  });
}

/** Bytes -> text; INVALID_ARGUMENT unless they are UTF-8. */
export function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes);
  } catch {
    throw new DetentError("INVALID_ARGUMENT", "the body is not valid UTF-8");
  }
}

/** Text -> JSON value; refuses what nests so deep that working on it could exhaust the stack. */
export function parseJson(text: string): unknown {
  if (nestsDeeperThan(text, LIMITS.jsonDepth + ENVELOPE_DEPTH)) {
    const message = `the body nests deeper than the limit of ${LIMITS.jsonDepth}`;
    throw new DetentError("LIMIT_EXCEEDED", message, {
      violations: [{ pointer: "", rule: "limit_exceeded", message }],
    });
  }
  try {
    return JSON.parse(text) as unknown;
  } catch {
    const message = "the body is not valid JSON";
    throw new DetentError("INVALID_ARGUMENT", message, { violations: [{ pointer: "", rule: "json", message }] });
  }
}

/** Refuses a coding other than identity: nothing compressed is read here, where a small body could become a large one. */
export function refuseCompression(coding: string | null): void {
  if (coding === null || coding === "" || coding.toLowerCase() === "identity") return;
  throw new DetentError("UNSUPPORTED_MEDIA_TYPE", `compressed bodies are not read; this one is "${clip(coding)}"`);
}
