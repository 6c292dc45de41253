/** How a job fares, in words in frames. */
import type { JSX } from "preact";
import type { Job } from "../../../gen/detent/v1/job_service_pb.ts";
import { Badge, type Tone } from "../../ui/badge.tsx";

const TONES: Readonly<Record<string, Tone>> = {
  running: "accent",
  paused: "warn",
  cancelled: "neutral",
  finished: "good",
};

export function JobBadges({ job: { status, dryRun } }: { readonly job: Job }): JSX.Element {
  return (
    <>
      <Badge text={status} tone={TONES[status] ?? "neutral"} /> {dryRun && <Badge text="dry run" />}
    </>
  );
}
