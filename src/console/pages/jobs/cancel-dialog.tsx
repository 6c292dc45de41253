/** Asks before a job is cancelled: it cannot go on afterwards. */
import type { JSX } from "preact";
import { useAction } from "../../data/use-action.ts";
import { useClient } from "../../session/session.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Problem } from "../../ui/problem.tsx";

interface CancelDialogProps {
  readonly id: string;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

export function CancelDialog({ id, onClose, onDone }: CancelDialogProps): JSX.Element {
  const client = useClient();
  const cancel = useAction(async () => {
    await client.jobs.cancelJob({ id });
    onDone();
    onClose();
  });
  return (
    <Dialog title="Cancel the job?" onClose={onClose}>
      <p>
        It takes on no more machines, and cannot be resumed. What was done stays done; machines that are being looked
        after at this moment may still be done.
      </p>
      {cancel.error !== undefined && <Problem error={cancel.error} />}
      <div class="row">
        <Button
          kind="danger"
          isBusy={cancel.isBusy}
          onClick={() => {
            void cancel.run();
          }}
        >
          Cancel the job
        </Button>
        <Button onClick={onClose}>Let it go on</Button>
      </div>
    </Dialog>
  );
}
