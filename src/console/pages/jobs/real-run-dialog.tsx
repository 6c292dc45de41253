/** After a dry run: the same for real. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Job } from "../../../gen/detent/v1/job_service_pb.ts";
import { useAction } from "../../data/use-action.ts";
import { useSession } from "../../session/session.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { FormEnd } from "../../ui/form-end.tsx";
import { formatCountOf } from "../../ui/number-text.ts";
import { ConfirmField, lackOfConfirmation } from "./confirm-field.tsx";
import { actionText, filterText } from "./job-text.ts";
import { scopeOf } from "./new-job.ts";
import type { CreateJob } from "./use-job-creation.ts";

interface RealRunDialogProps {
  readonly dryRun: Job;
  readonly onCreate: CreateJob;
  readonly onClose: () => void;
}

export function RealRunDialog({ dryRun, onCreate, onClose }: RealRunDialogProps): JSX.Element {
  const { lacks } = useSession();
  const [text, setText] = useState("");
  const { filter, action, rate, progress } = dryRun;
  const typed = action.case === "delete" ? filter?.configuration : undefined;
  const disabledReason = lacks(scopeOf(action.case)) ?? lackOfConfirmation(typed, text);
  const run = useAction(async () => await onCreate({ ...(filter && { filter }), action, rate }));
  const submit = (event: Event): void => {
    event.preventDefault();
    if (disabledReason === undefined) void run.run();
  };
  return (
    <Dialog title="Run it for real?" onClose={onClose}>
      <p>
        <strong>
          <bdi>{actionText(dryRun)}</bdi>
        </strong>
        : <bdi>{filterText(filter)}</bdi>.
      </p>
      <p>
        In the dry run {formatCountOf(progress?.succeeded ?? 0, "machine")} would have succeeded,{" "}
        {progress?.unchanged ?? 0} would have stayed as they are, and {progress?.refused ?? 0} would have refused.
        Machines may have changed since.
      </p>
      <form class="stack" onSubmit={submit}>
        {typed !== undefined && <ConfirmField typed={typed} value={text} onChange={setText} />}
        <FormEnd
          kind={typed === undefined ? "primary" : "danger"}
          error={run.error}
          isBusy={run.isBusy}
          disabledReason={disabledReason}
          cancel="Not now"
          onCancel={onClose}
        >
          Run it
        </FormEnd>
      </form>
    </Dialog>
  );
}
