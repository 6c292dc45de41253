/** Puts the machine into a state, whatever its transitions say. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Machine } from "../../../gen/detent/v1/machine_pb.ts";
import { useAction } from "../../data/use-action.ts";
import { useClient } from "../../session/session.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { Field } from "../../ui/field.tsx";
import { FormEnd } from "../../ui/form-end.tsx";
import { Notice } from "../../ui/notice.tsx";
import { beginDraft, readDraft } from "../../ui/schema-draft.ts";
import { SchemaForm } from "../../ui/schema-form.tsx";
import type { MachineAddress } from "./follow-machine.ts";

interface OverrideDialogProps {
  readonly address: MachineAddress;
  readonly machine: Machine;
  readonly states: readonly string[];
  readonly onClose: () => void;
  readonly onDone: (text: string) => void;
}

export function OverrideDialog({ address, machine, states, onClose, onDone }: OverrideDialogProps): JSX.Element {
  const client = useClient();
  // What it is for, also when the machine moves on meanwhile: then it is refused.
  const [{ revision, data = {}, state: from }] = useState(machine);
  const [state, setState] = useState("");
  const [comment, setComment] = useState("");
  const [replacesData, setReplacesData] = useState(false);
  const [draft, setDraft] = useState(() => beginDraft(undefined, data));
  const [errors, setErrors] = useState<ReadonlyMap<string, string>>(new Map());
  const override = useAction(async () => {
    const payload = replacesData ? readDraft(undefined, draft) : { data: undefined, errors: new Map<string, string>() };
    const wrong = new Map(payload.errors);
    if (state === "") wrong.set("state", "Choose a state.");
    if (comment.trim() === "") wrong.set("comment", "Say why.");
    setErrors(wrong);
    if (wrong.size > 0) return;
    await client.machines.overrideMachine({
      ...address,
      state,
      comment: comment.trim(),
      expectedRevision: revision,
      ...(replacesData && { data: payload.data ?? {} }),
    });
    onDone(`Overridden: the machine was put from ${from} into ${state}.`);
  });
  const submit = (event: Event): void => {
    event.preventDefault();
    void override.run();
  };
  return (
    <Dialog title="Override the machine" onClose={onClose}>
      <form class="stack" onSubmit={submit} noValidate>
        <Notice tone="warn">
          <p>
            This puts <bdi>{address.id}</bdi> into any state, past its transitions and guards. The history keeps it,
            with your comment. It is done only if the machine is still at revision {revision}.
          </p>
        </Notice>
        <Field label="State" isRequired error={errors.get("state")}>
          {(attributes) => (
            <select {...attributes} value={state} onChange={({ currentTarget }) => setState(currentTarget.value)}>
              <option value="">–</option>
              {states.map((name) => (
                <option key={name} value={name}>
                  {name}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Field label="Comment" isRequired hint="Why; stands in the history as details." error={errors.get("comment")}>
          {(attributes) => (
            <textarea
              {...attributes}
              rows={2}
              value={comment}
              onInput={({ currentTarget }) => setComment(currentTarget.value)}
            />
          )}
        </Field>
        <label class="check">
          <input
            type="checkbox"
            checked={replacesData}
            onChange={({ currentTarget }) => setReplacesData(currentTarget.checked)}
          />
          <span>Replace its data</span>
        </label>
        {replacesData && (
          <SchemaForm
            label="Data of the machine"
            fields={undefined}
            draft={draft}
            onChange={setDraft}
            errors={errors}
          />
        )}
        <FormEnd kind="danger" error={override.error} isBusy={override.isBusy} onCancel={onClose}>
          Override
        </FormEnd>
      </form>
    </Dialog>
  );
}
