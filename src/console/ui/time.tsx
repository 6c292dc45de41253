/** Instants, as people say them. */
import { timestampMs, type Timestamp } from "@bufbuild/protobuf/wkt";
import type { JSX } from "preact";
import { useNow } from "../data/use-now.ts";
import { formatAgo, formatInstant } from "./time-text.ts";

interface TimeProps {
  readonly at: Timestamp | undefined;
  /** Where there is none. */
  readonly otherwise?: string;
}

/** `3 min ago`; the instant itself is told to whoever points at it. */
export function Ago({ at, otherwise = "–" }: TimeProps): JSX.Element {
  const now = useNow(10_000);
  if (at === undefined) return <>{otherwise}</>;
  const ms = timestampMs(at);
  return (
    <time dateTime={new Date(ms).toISOString()} title={formatInstant(ms)}>
      {formatAgo(ms, now)}
    </time>
  );
}

/** Date and time of the reader's own zone. */
export function Instant({ at, otherwise = "–" }: TimeProps): JSX.Element {
  if (at === undefined) return <>{otherwise}</>;
  const ms = timestampMs(at);
  return <time dateTime={new Date(ms).toISOString()}>{formatInstant(ms)}</time>;
}

/** How long ago, and under it the instant, where there is room for it. */
export function When({ at }: Pick<TimeProps, "at">): JSX.Element {
  return (
    <>
      <Ago at={at} />
      <br />
      <span class="faint minor">
        <Instant at={at} />
      </span>
    </>
  );
}
