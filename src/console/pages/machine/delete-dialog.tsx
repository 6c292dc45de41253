/** Ends the machine. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useAction } from "../../data/use-action.ts";
import { useClient } from "../../session/session.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { Field } from "../../ui/field.tsx";
import { FormEnd } from "../../ui/form-end.tsx";
import { Notice } from "../../ui/notice.tsx";
import type { MachineAddress } from "./follow-machine.ts";

interface DeleteDialogProps {
  readonly address: MachineAddress;
  readonly revision: number;
  readonly onClose: () => void;
}

export function DeleteDialog({ address, revision, onClose }: DeleteDialogProps): JSX.Element {
  const client = useClient();
  const [opened] = useState(revision);
  const [typed, setTyped] = useState("");
  const remove = useAction(async () => {
    await client.machines.deleteMachine({ ...address, expectedRevision: opened });
    onClose();
  });
  const isSame = typed.trim() === address.id;
  const submit = (event: Event): void => {
    event.preventDefault();
    if (isSame) void remove.run();
  };
  return (
    <Dialog title="Delete the machine" onClose={onClose}>
      <form class="stack" onSubmit={submit}>
        <Notice tone="warn">
          <p>
            This ends <bdi>{address.id}</bdi> for good: its state, its data and its history. Its id is not free again
            for 30 days. It is done only if the machine is still at revision {opened}.
          </p>
        </Notice>
        <Field label="Id of the machine" hint={`Type ${address.id} to say that you mean it.`} isRequired>
          {(attributes) => (
            <input
              {...attributes}
              value={typed}
              autocomplete="off"
              spellcheck={false}
              onInput={({ currentTarget }) => setTyped(currentTarget.value)}
            />
          )}
        </Field>
        <FormEnd
          kind="danger"
          error={remove.error}
          isBusy={remove.isBusy}
          disabledReason={isSame ? undefined : "Type the id of the machine first."}
          onCancel={onClose}
        >
          Delete
        </FormEnd>
      </form>
    </Dialog>
  );
}
