/** Putting every dead letter back on the events queue: call by call, since each takes the oldest thousand. Knows no DOM. */

interface Answer {
  readonly redriven: number;
  /** There are other letters. */
  readonly remaining: boolean;
}

export interface Redriven {
  readonly count: number;
  /** There are letters left: it was stopped, or a call has taken none. */
  readonly remaining: boolean;
}

/** Calls again while there are others, until `isStopped` says so; tells after each call how many it were so far. */
export async function redriveAll(
  call: () => Promise<Answer>,
  onProgress: (count: number) => void,
  isStopped: () => boolean,
): Promise<Redriven> {
  let count = 0;
  for (;;) {
    const { redriven, remaining } = await call();
    count += redriven;
    onProgress(count);
    // Where a call takes none, another one would not either.
    if (!remaining || redriven === 0 || isStopped()) return { count, remaining };
  }
}
