/** What is to be said of a text while it is written. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { Client } from "../../../client/client.ts";
import { DetentError } from "../../../client/error.ts";
import type { Configuration } from "../../../gen/detent/v1/configuration_pb.ts";
import { useLoad } from "../../data/use-load.ts";
import { useClient } from "../../session/session.ts";
import type { PlacedFinding } from "./placed-finding.ts";
import type { Reading } from "./reading.ts";
import { useReading, type Beginning } from "./use-reading.ts";

/** So long after the last key. */
const PAUSE_MS = 400;

export interface Check {
  /** Of the text when its author last paused. */
  readonly reading: Reading;
  /** The newest there are. */
  readonly findings: readonly PlacedFinding[];
  /** The findings are not yet those of the text as it is now. */
  readonly isPending: boolean;
  /** Nothing forbids to save it; false while that is not known. */
  readonly isValid: boolean;
  /** Why the service could not be asked. */
  readonly error: unknown;
  readonly retry: () => void;
}

export function useCheck(text: string, beginning: Beginning): Check {
  const client = useClient();
  const settled = useSettled(text);
  const newest = useRef<readonly PlacedFinding[]>([]);
  const { reading, isCurrent, error } = useReading(settled, beginning, newest.current.length > 0);
  const asked = useLoad(reading.kind === "read" ? (signal) => check(client, reading.message, signal) : undefined, [
    client,
    reading,
  ]);
  const findings =
    reading.kind === "read"
      ? asked.value?.map((finding): PlacedFinding => ({ ...finding, place: reading.placeOf(finding.pointer) }))
      : reading.findings;
  newest.current = findings ?? newest.current;
  const isPending = text !== settled || !isCurrent || asked.isLoading;
  return {
    reading,
    findings: newest.current,
    isPending,
    isValid: !isPending && findings !== undefined && findings.every(({ severity }) => severity === "warning"),
    error: error ?? asked.error,
    retry: asked.reload,
  };
}

async function check(
  client: Client,
  configuration: Configuration,
  signal: AbortSignal,
): Promise<Omit<PlacedFinding, "place">[]> {
  try {
    const { findings } = await client.configurations.checkConfiguration({ configuration }, { signal });
    return findings.map(({ severity, code, pointer, message }) => {
      return { severity: severity === "error" ? "error" : "warning", code, pointer, message };
    });
  } catch (error) {
    // What is larger than a configuration may be is not even checked.
    if (!(error instanceof DetentError) || error.violations.length === 0) throw error;
    return error.violations.map(({ pointer, rule, message }) => ({ severity: "error", code: rule, pointer, message }));
  }
}

function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}
