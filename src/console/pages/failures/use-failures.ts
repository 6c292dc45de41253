/** Refused and failed events as they come. */
import { useRef, useState } from "preact/hooks";
import type { Receipt } from "../../../gen/detent/v1/receipt_pb.ts";
import { useEvery } from "../../data/use-every.ts";
import { useLoad } from "../../data/use-load.ts";
import { useClient } from "../../session/session.ts";
import {
  cursorBefore,
  readNewest,
  readOn,
  SPANS,
  withNewer,
  type ReadPage,
  type Span,
  type Stretch,
} from "./newest-failures.ts";

/** Of all configurations the service gives no more at a time. */
const PAGE_OF_ALL = 100;
const PAGE_OF_ONE = 500;
const REFRESH_MS = 5_000;

interface Wanted {
  /** "": every one. */
  readonly configuration: string;
  /** Undefined: the newest, however old they are. */
  readonly span: Span | undefined;
  /** A cursor, which goes before the span. */
  readonly after: string | undefined;
  /** What comes meanwhile is shown, too. */
  readonly isLive: boolean;
}

export interface Failures {
  readonly stretch: Stretch<Receipt> | undefined;
  readonly error: unknown;
  readonly isLoading: boolean;
  readonly reload: () => void;
}

/** With `wanted` undefined nothing is read. */
export function useFailures(wanted: Wanted | undefined): Failures {
  const client = useClient();
  const { configuration = "", span, after } = wanted ?? {};
  const pageSize = configuration === "" ? PAGE_OF_ALL : PAGE_OF_ONE;
  const readWith =
    (signal?: AbortSignal): ReadPage<Receipt> =>
    async (cursor) => {
      const request = { after: cursor, configuration, pageSize };
      const { failures, nextCursor } = await client.feeds.listFailures(request, signal && { signal });
      return { items: failures, nextCursor };
    };
  const load = async (signal: AbortSignal): Promise<Stretch<Receipt>> => {
    const read = readWith(signal);
    if (after !== undefined) return await readOn(read, after, pageSize);
    if (span !== undefined) return await readOn(read, cursorBefore(SPANS[span].ms, Date.now()), pageSize);
    return await readNewest(read, pageSize, Date.now());
  };
  const { value, error, isLoading, reload } = useLoad(wanted && load, [client, configuration, span, after]);
  const [grown, setGrown] = useState<{ of: unknown; stretch?: Stretch<Receipt>; error?: unknown }>({ of: undefined });
  const isAsking = useRef(false);
  const current = grown.of === value ? (grown.stretch ?? value) : value;
  const refresh = async (): Promise<void> => {
    // Beyond a cut there are too many to be run after; the page says how to go on.
    if (!wanted?.isLive || current === undefined || current.isCut || isAsking.current) return;
    isAsking.current = true;
    try {
      const newer = await readOn(readWith(), current.cursor, pageSize);
      setGrown({ of: value, stretch: newer.items.length === 0 ? current : withNewer(current, newer) });
    } catch (thrown) {
      setGrown({ of: value, stretch: current, error: thrown });
    }
    isAsking.current = false;
  };
  useEvery(REFRESH_MS, () => void refresh());
  return { stretch: current, error: error ?? (grown.of === value ? grown.error : undefined), isLoading, reload };
}
