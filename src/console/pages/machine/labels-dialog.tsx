/** Sets, changes and takes off labels. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useAction } from "../../data/use-action.ts";
import { useClient } from "../../session/session.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Empty } from "../../ui/empty.tsx";
import { AddLabel, LabelFields } from "../../ui/label-fields.tsx";
import { Problem } from "../../ui/problem.tsx";
import type { MachineAddress } from "./follow-machine.ts";
import { diffLabels, findLabelProblem, rowsOf } from "../../data/label-edit.ts";

interface LabelsDialogProps {
  readonly address: MachineAddress;
  readonly labels: Readonly<Record<string, string>>;
  readonly onClose: () => void;
  readonly onDone: () => Promise<void>;
}

export function LabelsDialog({ address, labels, onClose, onDone }: LabelsDialogProps): JSX.Element {
  const client = useClient();
  const [rows, setRows] = useState(() => rowsOf(labels));
  const [before] = useState(labels);
  const save = useAction(async () => {
    const { labels: set, remove } = diffLabels(before, rows);
    const hasChange = Object.keys(set).length > 0 || remove.length > 0;
    if (hasChange) await client.machines.updateLabels({ ...address, labels: set, remove: [...remove] });
    if (hasChange) await onDone();
    onClose();
  });
  const problem = findLabelProblem(rows);
  const submit = (event: Event): void => {
    event.preventDefault();
    if (problem === undefined) void save.run();
  };
  return (
    <Dialog title="Labels" onClose={onClose}>
      <form class="stack" onSubmit={submit}>
        <p class="faint">Labels are no part of the state: the revision stays as it is.</p>
        {rows.length === 0 && <Empty title="The machine has no labels" />}
        <LabelFields rows={rows} onChange={setRows} />
        {save.error !== undefined && <Problem error={save.error} />}
        <div class="row">
          <Button type="submit" kind="primary" isBusy={save.isBusy} disabledReason={problem}>
            Save
          </Button>
          <AddLabel rows={rows} onChange={setRows} />
          {problem !== undefined && <span class="field-error">{problem}</span>}
        </div>
      </form>
    </Dialog>
  );
}
