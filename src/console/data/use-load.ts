/** Reading from the service while a component is shown. */
import { useCallback, useEffect, useRef, useState } from "preact/hooks";

export interface Loaded<T> {
  /** The newest answer; it stays while the next one is on its way, and where that fails. */
  readonly value: T | undefined;
  /** Why the newest attempt has failed. */
  readonly error: unknown;
  readonly isLoading: boolean;
  /** Asks again. What was asked and is not answered yet is dropped: the answer might be older than what has been done since. */
  readonly reload: () => void;
  /** Asks again, unless it is asked already: answers slower than an interval would never be seen. For `useEvery`. */
  readonly poll: () => void;
}

interface State<T> {
  /** To which the rest belongs. */
  readonly inputs: readonly unknown[];
  readonly value?: T;
  readonly error?: unknown;
  readonly isLoading: boolean;
}

/**
 * What `load` answers. It is asked when the component is first shown and again whenever one of `inputs` changes, whereupon the old
 * answer is forgotten; the signal is aborted when nobody waits for the answer any more. With `load` undefined nothing is asked.
 */
export function useLoad<T>(
  load: ((signal: AbortSignal) => Promise<T>) | undefined,
  inputs: readonly unknown[],
): Loaded<T> {
  const [state, setState] = useState<State<T>>({ inputs, isLoading: true });
  const [turn, setTurn] = useState(0);
  const isIdle = load === undefined;
  const isAsked = useRef(false);
  useEffect(() => {
    if (load === undefined) return undefined;
    const abort = new AbortController();
    isAsked.current = true;
    const settle = (change: (before: State<T>) => State<T>): void => {
      if (abort.signal.aborted) return;
      isAsked.current = false;
      setState(change);
    };
    setState((before) =>
      isSame(before.inputs, inputs) ? { ...before, isLoading: true } : { inputs, isLoading: true },
    );
    load(abort.signal).then(
      (value) => settle(() => ({ inputs, value, isLoading: false })),
      (error: unknown) => settle((before) => ({ ...before, inputs, error, isLoading: false })),
    );
    return () => abort.abort();
  }, [...inputs, isIdle, turn]);
  const reload = useCallback(() => setTurn((before) => before + 1), []);
  const poll = useCallback(() => {
    if (!isAsked.current) reload();
  }, []);
  // What belongs to other inputs must not be seen with these, not even until the effect has run.
  const { value, error, isLoading } = isSame(state.inputs, inputs) ? state : { isLoading: true };
  return { value, error, isLoading: isLoading && !isIdle, reload, poll };
}

function isSame(one: readonly unknown[], other: readonly unknown[]): boolean {
  return one.length === other.length && one.every((input, i) => Object.is(input, other[i]));
}
