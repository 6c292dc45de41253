/** Something that is done when its user says so: one at a time, and told how it went. */
import { useCallback, useEffect, useRef, useState } from "preact/hooks";

export interface Action<Input extends readonly unknown[]> {
  /** Does nothing while it is at it already. Never rejects: what goes wrong is in `error`. */
  readonly run: (...input: Input) => Promise<void>;
  readonly isBusy: boolean;
  /** Why the last attempt has failed. */
  readonly error: unknown;
  /** Forgets the error. */
  readonly reset: () => void;
}

export function useAction<Input extends readonly unknown[]>(work: (...input: Input) => Promise<void>): Action<Input> {
  const [state, setState] = useState<{ isBusy: boolean; error?: unknown }>({ isBusy: false });
  const newest = useRef(work);
  newest.current = work;
  const isBusy = useRef(false);
  const isShown = useRef(true);
  useEffect(() => {
    isShown.current = true;
    return () => void (isShown.current = false);
  }, []);
  const run = useCallback(async (...input: Input) => {
    if (isBusy.current) return;
    isBusy.current = true;
    setState({ isBusy: true });
    let outcome: { isBusy: boolean; error?: unknown } = { isBusy: false };
    try {
      await newest.current(...input);
    } catch (error) {
      outcome = { isBusy: false, error };
    }
    isBusy.current = false;
    if (isShown.current) setState(outcome);
  }, []);
  const reset = useCallback(() => setState(({ isBusy: busy }) => ({ isBusy: busy })), []);
  return { run, isBusy: state.isBusy, error: state.error, reset };
}
