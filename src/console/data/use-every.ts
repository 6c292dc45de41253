/** Doing something again and again while somebody looks. */
import { useEffect, useRef } from "preact/hooks";

/** Calls `work` every `ms` while the tab is seen, and at once when it is seen again. Not at the beginning. */
export function useEvery(ms: number, work: () => void): void {
  const newest = useRef(work);
  newest.current = work;
  useEffect(() => {
    let timer: ReturnType<typeof setInterval> | undefined;
    const start = (): void => {
      timer ??= setInterval(() => newest.current(), ms);
    };
    const stop = (): void => {
      clearInterval(timer);
      timer = undefined;
    };
    const follow = (): void => {
      if (document.hidden) return stop();
      if (timer === undefined) newest.current();
      start();
    };
    if (!document.hidden) start();
    document.addEventListener("visibilitychange", follow);
    return () => {
      stop();
      document.removeEventListener("visibilitychange", follow);
    };
  }, [ms]);
}
