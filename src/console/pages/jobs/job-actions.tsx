/** Pause, resume, cancel; and what a dry run has shown, done for real. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Job } from "../../../gen/detent/v1/job_service_pb.ts";
import { useAction } from "../../data/use-action.ts";
import { useSession } from "../../session/session.ts";
import { Button } from "../../ui/button.tsx";
import { Problem } from "../../ui/problem.tsx";
import { CancelDialog } from "./cancel-dialog.tsx";
import { hasEnded, isRunning } from "./job-text.ts";
import { RealRunDialog } from "./real-run-dialog.tsx";
import { useJobCreation } from "./use-job-creation.ts";

interface JobActionsProps {
  readonly job: Job;
  /** It has another status now. */
  readonly onChange: () => void;
}

export function JobActions({ job, onChange }: JobActionsProps): JSX.Element {
  const { client, lacks } = useSession();
  const [asked, setAsked] = useState<"cancel" | "real run">();
  const { id } = job;
  const create = useJobCreation();
  const toggle = useAction(async () => {
    await (isRunning(job) ? client.jobs.pauseJob({ id }) : client.jobs.resumeJob({ id }));
    onChange();
  });
  const close = (): void => setAsked(undefined);
  const disabledReason = lacks("ops");
  return (
    <>
      {!hasEnded(job) && (
        <>
          <Button
            isBusy={toggle.isBusy}
            disabledReason={disabledReason}
            onClick={() => {
              void toggle.run();
            }}
          >
            {isRunning(job) ? "Pause" : "Resume"}
          </Button>
          <Button kind="danger" disabledReason={disabledReason} onClick={() => setAsked("cancel")}>
            Cancel the job
          </Button>
        </>
      )}
      {job.dryRun && job.status === "finished" && (
        <Button kind="primary" disabledReason={disabledReason} onClick={() => setAsked("real run")}>
          Run it for real
        </Button>
      )}
      {toggle.error !== undefined && <Problem error={toggle.error} />}
      {asked === "cancel" && <CancelDialog id={id} onClose={close} onDone={onChange} />}
      {asked === "real run" && <RealRunDialog dryRun={job} onCreate={create} onClose={close} />}
    </>
  );
}
