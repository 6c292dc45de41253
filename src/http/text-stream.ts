/** A body that is written as it is read. */
import type { Ctx } from "./route.ts";

const encoder = new TextEncoder();

/** Who reads an answer, and when that is over. */
export interface Reader {
  /** Aborted when the caller is gone. */
  readonly signal: AbortSignal;
  /** As much as is asked for at a time; nobody asks any more: the caller is gone. */
  readonly toBody: (texts: AsyncGenerator<string>) => ReadableStream<Uint8Array>;
}

export function readerOf(c: Ctx): Reader {
  const gone = new AbortController();
  const toBody = (texts: AsyncGenerator<string>): ReadableStream<Uint8Array> =>
    new ReadableStream<Uint8Array>(
      {
        pull: async (controller) => {
          const { done, value } = await texts.next();
          // Cancelled, it is closed already.
          if (gone.signal.aborted) return;
          if (done) controller.close();
          else controller.enqueue(encoder.encode(value));
        },
        cancel: () => gone.abort(),
      },
      { highWaterMark: 0 },
    );
  return { signal: AbortSignal.any([c.req.raw.signal, gone.signal]), toBody };
}
