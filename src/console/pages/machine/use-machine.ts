/** The machine of the page, as it is from moment to moment. */
import { useCallback, useEffect, useMemo, useState } from "preact/hooks";
import { createClient } from "../../../client/client.ts";
import { DetentError } from "../../../client/error.ts";
import { useSession } from "../../session/session.ts";
import { followMachine, isGone, readMachine, type MachineAddress, type Reading } from "./follow-machine.ts";
import { addNewer, addOlder, historyOf, NO_HISTORY, type Present } from "./present.ts";

/** `again`: what is shown may be old. `ended`: nothing more will come. */
export type Connection = "live" | "again" | "ended";

export interface Watched {
  /** Undefined until it was read once; it stays when the machine is gone. */
  readonly present: Present | undefined;
  readonly connection: Connection;
  readonly isDeleted: boolean;
  /** Why it cannot be shown, or no longer be followed. */
  readonly error: unknown;
  /** Begins anew, after an error. */
  readonly retry: () => void;
  /** Reads it anew: for what no watch tells, as its labels. */
  readonly refresh: () => Promise<void>;
  /** Adds older entries to its history. Rejects where they cannot be read. */
  readonly loadOlder: (count: number) => Promise<void>;
}

interface State {
  readonly present?: Present;
  readonly connection: Connection;
  readonly isDeleted: boolean;
  readonly error?: unknown;
}

/** Somebody is looking: a watch that was cut off is not kept waiting for long. */
const PATIENCE = { longestWaitMs: 2_000 };
/** Between a connection that was lost and asking whether the server is there again. */
const ASK_AGAIN_MS = 1_000;

export function useMachine({ configuration, id }: MachineAddress): Watched {
  const { key, client } = useSession();
  const address = useMemo(() => ({ configuration, id }), [configuration, id]);
  const [state, setState] = useState<State>({ connection: "again", isDeleted: false });
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    const abort = new AbortController();
    const { signal } = abort;
    const change = (next: (before: State) => State): void => {
      if (!signal.aborted) setState(next);
    };
    const show = (reading: Reading): void =>
      change((before) => ({ ...before, present: presentOf(reading, before.present) }));
    const live = (): void => change((before) => ({ ...before, connection: "live", error: undefined }));
    let asking: ReturnType<typeof setTimeout> | undefined;
    // A watch that has come back says nothing until something happens: a reading tells that the server is there.
    const ask = async (): Promise<void> => {
      asking = undefined;
      try {
        show(await readMachine(watcher, address, signal));
        live();
      } catch (error) {
        if (!isGone(error) && !signal.aborted) askLater();
      }
    };
    const askLater = (): void => {
      asking ??= setTimeout(() => void ask(), ASK_AGAIN_MS);
    };
    const lose = (): void => {
      change((before) => ({ ...before, connection: "again" }));
      askLater();
    };
    // The client of the session does not tell of its repeats; a watch of its own does.
    const watcher = createClient({
      url: "/",
      retry: PATIENCE,
      onRetry: lose,
      ...(key !== undefined && { credential: key }),
    });
    const end = (outcome: Partial<State>): void => {
      clearTimeout(asking);
      change((before) => ({ ...before, ...outcome, connection: "ended" }));
      abort.abort();
    };
    const listener = { onReading: show, onLive: live, onDeleted: () => end({ isDeleted: true }) };
    const follow = async (): Promise<void> => {
      for (;;) {
        try {
          await followMachine(watcher, address, listener, signal);
          return;
        } catch (error) {
          if (signal.aborted) return;
          if (!mayPass(error)) return end({ error });
          lose();
        }
        await new Promise((resolve) => void setTimeout(resolve, ASK_AGAIN_MS));
      }
    };
    change((before) => ({ ...before, error: undefined, isDeleted: false }));
    void follow();
    return () => {
      clearTimeout(asking);
      abort.abort();
    };
  }, [address, key, turn]);
  const retry = useCallback(() => setTurn((before) => before + 1), []);
  const refresh = useCallback(async () => {
    const reading = await readMachine(client, address, AbortSignal.timeout(30_000));
    setState((before) => ({ ...before, present: presentOf(reading, before.present) }));
  }, [client, address]);
  const olderToken = state.present?.history.olderToken ?? "";
  const loadOlder = useCallback(
    async (count: number) => {
      const { history, nextPageToken } = await client.machines.listHistory({
        ...address,
        order: "desc",
        pageSize: count,
        pageToken: olderToken,
      });
      setState((before) => {
        // Another page has come meanwhile, or there is a gap now: the answer belongs to neither.
        if (before.present?.history.olderToken !== olderToken) return before;
        return {
          ...before,
          present: { ...before.present, history: addOlder(before.present.history, history, nextPageToken) },
        };
      });
    },
    [client, address, olderToken],
  );
  return {
    present: state.present,
    connection: state.connection,
    isDeleted: state.isDeleted,
    error: state.error,
    retry,
    refresh,
    loadOlder,
  };
}

/** A reading that was overtaken by a newer one changes nothing. */
function presentOf({ machine, allowed }: Reading, before: Present | undefined): Present {
  if (before !== undefined && before.machine.revision > machine.revision) return before;
  return { machine, allowed, history: addNewer(before?.history ?? NO_HISTORY, historyOf(machine)) };
}

/** Whether it may be otherwise in a moment. What was pruned is behind a reading of now. */
function mayPass(error: unknown): boolean {
  if (!(error instanceof DetentError)) return true;
  return ["UNAVAILABLE", "RATE_LIMITED", "INTERNAL", "UNKNOWN", "OUT_OF_RANGE"].includes(error.reason);
}
