/** Many answers, one for each of a list, as they come in. */
import { useEffect, useState } from "preact/hooks";
import { inTurns } from "./in-turns.ts";

/** At a time: a list of fifty must not keep the service from anything else. */
const WIDTH = 4;

/**
 * Key -> what `load` answers for it; null: it has failed, which keeps nobody from the others. What is not in it yet is on its way.
 * It is asked anew for each key when `inputs` change, and for keys that are new.
 */
export function useEach<T>(
  keys: readonly string[],
  load: (key: string, signal: AbortSignal) => Promise<T>,
  inputs: readonly unknown[],
): ReadonlyMap<string, T | null> {
  const [answers, setAnswers] = useState<ReadonlyMap<string, T | null>>(new Map());
  useEffect(() => {
    const abort = new AbortController();
    const { signal } = abort;
    setAnswers(new Map());
    void inTurns(keys, WIDTH, async (key) => {
      if (signal.aborted) return;
      const answer = await load(key, signal).catch(() => null);
      if (!signal.aborted) setAnswers((before) => new Map(before).set(key, answer));
    });
    return () => abort.abort();
  }, [...inputs, JSON.stringify(keys)]);
  return answers;
}
