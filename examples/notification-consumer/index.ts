/**
 * Prints what Detent tells of refused and failed events, one line each. A queue may deliver twice and out of order: what
 * comes again is known by its `id`, the order of one machine's notifications by their `sequence`.
 */

/** A CloudEvent of the queue "notifications": structured mode, CloudEvents 1.0. */
interface Notification {
  readonly id: string;
  readonly type: string;
  /** The machine, `{configuration}/{id}` percent-encoded; absent when a message was unreadable. */
  readonly subject?: string;
  /** Counts the notifications of one machine from 1, without gaps; absent when there is no machine. */
  readonly sequence?: number;
  /** The receipt of the event; of a machine's message that was set aside, the cause; of many events, how many. */
  readonly data: {
    readonly reason?: string;
    readonly message?: string;
    readonly cause?: string;
    readonly refused?: number;
  };
}

/** How many ids are remembered: more than can be on their way at the same time. */
const REMEMBERED = 10_000;

/** This isolate's memory, which is enough to print. Where a repeat costs something, keep the ids in a database. */
const seen = new Set<string>();

function isRepeat(id: string): boolean {
  if (seen.has(id)) return true;
  seen.add(id);
  const [oldest] = seen;
  if (seen.size > REMEMBERED && oldest !== undefined) seen.delete(oldest);
  return false;
}

function lineOf({ type, subject = "-", sequence, data }: Notification): string {
  return `${type} ${subject} #${sequence ?? "-"} ${data.reason ?? "-"}: ${data.message ?? data.cause ?? data.refused ?? "-"}`;
}

export default {
  queue(batch) {
    for (const { body } of batch.messages) {
      if (!isRepeat(body.id)) console.log(lineOf(body));
    }
  },
} satisfies ExportedHandler<unknown, Notification>;
