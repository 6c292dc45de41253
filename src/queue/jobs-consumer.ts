/** Parts of jobs: each message names some machines that a job has to look after. */
import * as v from "valibot";
import type { ChunkRef } from "../jobs/calls.ts";
import type { House } from "../service/house.ts";
import { workOnChunk } from "../service/job-work.ts";
import { atLeast, integer, parseShape, shape, text } from "../shape.ts";

const REF = shape({ tenant: text, job: text, chunk: v.pipe(integer, atLeast(1)) });

/** While a job's object cannot be reached; it sends the message again itself, later. */
const RETRY_SECONDS = 5;

/** A message that names a part of a job. */
export interface ChunkMessage {
  readonly message: Message;
  readonly ref: ChunkRef;
}

/**
 * Tells messages that name parts of jobs from all others, by what they are: a deployment calls its queues as it likes. No
 * event looks like one, and one that was forged makes a job look after its own sooner, no more.
 */
export function sortOutChunks(messages: readonly Message[]): { chunks: ChunkMessage[]; others: Message[] } {
  const chunks: ChunkMessage[] = [];
  const others: Message[] = [];
  for (const message of messages) {
    const ref = readRef(message.body);
    if (ref === undefined) others.push(message);
    else chunks.push({ message, ref });
  }
  return { chunks, others };
}

/** Settles every message: looked after, or to be delivered again. */
export async function consumeJobChunks(house: House, chunks: readonly ChunkMessage[]): Promise<void> {
  for (const { message, ref } of chunks) {
    try {
      await workOnChunk(house, ref);
      message.ack();
    } catch (error) {
      const facts = { job: `${ref.tenant}/${ref.job}`, chunk: ref.chunk, attempts: message.attempts, cause: error };
      house.log.write("warn", "a part of a job could not be looked after; it is delivered again", facts);
      message.retry({ delaySeconds: RETRY_SECONDS });
    }
  }
}

function readRef(body: unknown): ChunkRef | undefined {
  try {
    return parseShape(REF, body, "the message");
  } catch {
    return undefined;
  }
}
