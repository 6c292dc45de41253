/** How far a job has come, in numbers of machines. */
import type { JSX } from "preact";
import type { Job } from "../../../gen/detent/v1/job_service_pb.ts";
import { Facts } from "../../ui/facts.tsx";
import { Notice } from "../../ui/notice.tsx";
import { formatCount, formatCountOf } from "../../ui/number-text.ts";
import { Progress } from "../../ui/progress.tsx";
import { Section } from "../../ui/section.tsx";
import { doneOf, hasEnded, totalOf } from "./job-text.ts";

export function JobProgressSection({ job }: { readonly job: Job }): JSX.Element {
  const [done, total] = [doneOf(job), totalOf(job)];
  const { expected = 0, found = 0, succeeded = 0, unchanged = 0, refused = 0, skipped = 0 } = job.progress ?? {};
  return (
    <Section title={job.dryRun ? "What would become of the machines" : "Progress"}>
      <Progress label="Machines that have had their turn" done={done} of={total} />
      <p role="status">
        {formatCount(done)} of {formatCountOf(total, "machine")}
        {hasEnded(job) ? `: ${job.status}.` : " so far."}
      </p>
      <Facts
        of={{
          [job.dryRun ? "Would succeed" : "Succeeded"]: formatCount(succeeded),
          Unchanged: formatCount(unchanged),
          [job.dryRun ? "Would refuse" : "Refused"]: formatCount(refused),
          "Skipped, no longer as the filter says": formatCount(skipped),
          "Found, taken on so far": formatCount(found),
          "Expected when it was created": formatCount(expected),
        }}
      />
      {job.dryRun && <Notice>This is a dry run: every machine was asked, and nothing was changed.</Notice>}
    </Section>
  );
}
