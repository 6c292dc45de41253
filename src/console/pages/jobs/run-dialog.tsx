/** Asks before a job is run that was not tried before. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Dialog } from "../../ui/dialog.tsx";
import { FormEnd } from "../../ui/form-end.tsx";
import { formatCountOf } from "../../ui/number-text.ts";
import { ConfirmField, lackOfConfirmation } from "./confirm-field.tsx";

interface RunDialogProps {
  /** What will be done, as a sentence. */
  readonly what: string;
  /** Machines that match now; undefined: not known. */
  readonly count: number | undefined;
  /** What has to be typed before it can be run; undefined: nothing. */
  readonly typed: string | undefined;
  readonly isBusy: boolean;
  readonly error: unknown;
  readonly onRun: () => void;
  readonly onClose: () => void;
}

export function RunDialog({ what, count, typed, isBusy, error, onRun, onClose }: RunDialogProps): JSX.Element {
  const [text, setText] = useState("");
  const disabledReason = lackOfConfirmation(typed, text);
  const submit = (event: Event): void => {
    event.preventDefault();
    if (disabledReason === undefined) onRun();
  };
  return (
    <Dialog title="Run without a dry run?" onClose={onClose}>
      <form class="stack" onSubmit={submit}>
        <p>
          <bdi>{what}</bdi>
          {count !== undefined && ` ${formatCountOf(count, "machine")} match now.`} A dry run would show first what
          becomes of them.
        </p>
        {typed !== undefined && <ConfirmField typed={typed} value={text} onChange={setText} />}
        <FormEnd
          kind={typed === undefined ? "primary" : "danger"}
          error={error}
          isBusy={isBusy}
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
