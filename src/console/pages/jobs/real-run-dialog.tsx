/** After a dry run: the same for real. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Job } from "../../../gen/detent/v1/job_service_pb.ts";
import { hrefOf } from "../../addresses.ts";
import { useAction } from "../../data/use-action.ts";
import { useNavigation } from "../../navigation.tsx";
import { useSession } from "../../session/session.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { formatCountOf } from "../../ui/number-text.ts";
import { Problem } from "../../ui/problem.tsx";
import { actionText, filterText } from "./job-text.ts";
import { scopeOf } from "./new-job.ts";

interface RealRunDialogProps {
  readonly dryRun: Job;
  readonly onClose: () => void;
}

export function RealRunDialog({ dryRun, onClose }: RealRunDialogProps): JSX.Element {
  const { client, lacks } = useSession();
  const { go } = useNavigation();
  // However often it is pressed, it is one job.
  const [idempotencyKey] = useState(() => crypto.randomUUID());
  const { filter, action, rate, progress } = dryRun;
  const run = useAction(async () => {
    const { job } = await client.jobs.createJob({ ...(filter && { filter }), action, rate, idempotencyKey });
    go(hrefOf("job", { id: job?.id ?? "" }));
  });
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
      {run.error !== undefined && <Problem error={run.error} />}
      <div class="row">
        <Button
          kind={action.case === "delete" ? "danger" : "primary"}
          isBusy={run.isBusy}
          disabledReason={lacks(scopeOf(action.case))}
          onClick={() => {
            void run.run();
          }}
        >
          Run it
        </Button>
        <Button onClick={onClose}>Not now</Button>
      </div>
    </Dialog>
  );
}
