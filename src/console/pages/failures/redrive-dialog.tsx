/** Asks whether dead letters are to be redriven, and tells how far that is. */
import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import { useAction } from "../../data/use-action.ts";
import { useClient } from "../../session/session.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { formatCount, formatCountOf } from "../../ui/number-text.ts";
import { Problem } from "../../ui/problem.tsx";
import { Progress } from "../../ui/progress.tsx";
import { redriveAll, type Redriven } from "./redrive.ts";

interface RedriveDialogProps {
  /** Ids of letters; `all`: every letter of the tenant. */
  readonly letters: readonly string[] | "all";
  /** Some letters may be gone although it has not come to its end. */
  readonly onClose: () => void;
  readonly onDone: (redriven: Redriven) => void;
}

export function RedriveDialog({ letters, onClose, onDone }: RedriveDialogProps): JSX.Element {
  const client = useClient();
  const [count, setCount] = useState(0);
  const isStopped = useRef(false);
  const [isStopping, setStopping] = useState(false);
  const { run, isBusy, error } = useAction(async () => {
    isStopped.current = false;
    setStopping(false);
    setCount(0);
    if (letters === "all") {
      const call = () => client.deadLetters.redriveDeadLetters({});
      onDone(await redriveAll(call, setCount, () => isStopped.current));
    } else {
      const { redriven } = await client.deadLetters.redriveDeadLetters({ ids: [...letters] });
      onDone({ count: redriven, remaining: false });
    }
  });
  const stop = (): void => {
    if (!isBusy) return onClose();
    isStopped.current = true;
    setStopping(true);
  };
  const which = letters === "all" ? "All dead letters" : formatCountOf(letters.length, "dead letter");
  return (
    <Dialog title={letters === "all" ? "Redrive all dead letters" : "Redrive the selected dead letters"} onClose={stop}>
      <p>
        <strong>{which}</strong> will be put back on the events queue, as they came. Each leaves this list once the
        queue has it, and its event is applied as if it had just arrived: once, even if it was sent twice. What cannot
        be applied again becomes a dead letter again.
      </p>
      {isBusy && (
        <>
          <Progress label="Redriving" done={0} of={0} />
          <p role="status">
            {formatCount(count)} redriven so far{isStopping ? "; it stops behind this call …" : " …"}
          </p>
        </>
      )}
      {error !== undefined && (
        <>
          {count > 0 && <p>{formatCount(count)} were redriven before this:</p>}
          <Problem error={error} />
        </>
      )}
      <div class="row">
        <Button kind="primary" isBusy={isBusy} onClick={() => void run()}>
          Redrive
        </Button>
        {isBusy && letters !== "all" ? null : <Button onClick={stop}>{isBusy ? "Stop" : "Cancel"}</Button>}
      </div>
    </Dialog>
  );
}
