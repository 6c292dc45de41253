/** The present, as often as it is needed. */
import { useState } from "preact/hooks";
import { useEvery } from "./use-every.ts";

/** Epoch ms, anew every `everyMs`. */
export function useNow(everyMs = 1_000): number {
  const [now, setNow] = useState(() => Date.now());
  useEvery(everyMs, () => setNow(Date.now()));
  return now;
}
