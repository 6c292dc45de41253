/** Sends the machine an event: first as a trial, if its sender likes. */
import type { JsonObject } from "@bufbuild/protobuf";
import type { JSX } from "preact";
import { useMemo, useState } from "preact/hooks";
import { DetentError, RefusedError } from "../../../client/error.ts";
import type { Receipt } from "../../../gen/detent/v1/receipt_pb.ts";
import { useAction } from "../../data/use-action.ts";
import { useClient } from "../../session/session.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Field } from "../../ui/field.tsx";
import { Notice } from "../../ui/notice.tsx";
import { beginDraft, readDraft } from "../../ui/schema-draft.ts";
import { readFields } from "../../ui/schema-fields.ts";
import { SchemaForm } from "../../ui/schema-form.tsx";
import { errorsOf, requestOf } from "./event-request.ts";
import type { MachineAddress } from "./follow-machine.ts";
import { Refusal, TrialVerdict, type Trial } from "./verdict.tsx";

interface SendDialogProps {
  readonly address: MachineAddress;
  readonly event: string;
  /** Of the event's data. */
  readonly schema: JsonObject | undefined;
  /** That the machine has now. */
  readonly revision: number;
  readonly onClose: () => void;
  readonly onSent: (receipt: Receipt) => void;
  /** It was refused: there is one more receipt of that. */
  readonly onRefused: () => void;
}

const NO_ERRORS: ReadonlyMap<string, string> = new Map();

export function SendDialog(props: SendDialogProps): JSX.Element {
  const { address, event, schema, revision, onClose, onSent, onRefused } = props;
  const client = useClient();
  const fields = useMemo(() => readFields(schema), [schema]);
  const [draft, setDraft] = useState(() => beginDraft(fields));
  const [details, setDetails] = useState("");
  const [eventId, setEventId] = useState("");
  const [opened] = useState(revision);
  const [isGuarded, setGuarded] = useState(true);
  const [errors, setErrors] = useState(NO_ERRORS);
  const [trial, setTrial] = useState<Trial>();
  // Of a sending of which nobody knows whether it arrived: sent again under the same id it is the same event.
  const [unsettledId, setUnsettledId] = useState<string>();

  const request = (isDryRun: boolean) => {
    const { data, errors: wrong } = readDraft(fields, draft);
    setErrors(wrong);
    if (wrong.size > 0) return undefined;
    const id = eventId.trim() || (isDryRun ? "" : (unsettledId ?? ""));
    return requestOf(address, event, data, { details, eventId: id, expectedRevision: isGuarded ? opened : undefined });
  };
  const send = useAction(async () => {
    setTrial(undefined);
    const asked = request(false);
    if (asked === undefined) return;
    try {
      const { receipt } = await client.machines.sendEvent(asked);
      if (receipt !== undefined) onSent(receipt);
    } catch (error) {
      if (error instanceof RefusedError) {
        setUnsettledId(undefined);
        onRefused();
      } else if (error instanceof DetentError) setUnsettledId(error.eventId);
      setErrors(errorsOf(error));
      throw error;
    }
  });
  const tryIt = useAction(async () => {
    send.reset();
    const asked = request(true);
    if (asked === undefined) return setTrial(undefined);
    try {
      const { receipt } = await client.machines.sendEvent({ ...asked, dryRun: true });
      if (receipt !== undefined) setTrial({ receipt });
    } catch (error) {
      setErrors(errorsOf(error));
      setTrial({ error });
    }
  });
  /** What was said of other content does not hold any more. */
  const changed = (): void => {
    setTrial(undefined);
    setErrors(NO_ERRORS);
    setUnsettledId(undefined);
    send.reset();
  };
  const submit = (submitted: Event): void => {
    submitted.preventDefault();
    if (!tryIt.isBusy) void send.run();
  };
  return (
    <Dialog title={`Send ${event}`} onClose={onClose}>
      <form class="stack" onSubmit={submit} noValidate>
        {revision !== opened && (
          <Notice tone="warn" isNews>
            The machine has moved on meanwhile: it is at revision {revision} now.
          </Notice>
        )}
        <SchemaForm
          label="Data of the event"
          fields={fields}
          draft={draft}
          errors={errors}
          onChange={(next) => {
            setDraft(next);
            changed();
          }}
        />
        <Field label="Details" hint="For people; stands in the history.">
          {(attributes) => (
            <input
              {...attributes}
              value={details}
              autocomplete="off"
              onInput={({ currentTarget }) => {
                setDetails(currentTarget.value);
                changed();
              }}
            />
          )}
        </Field>
        <label class="check">
          <input
            type="checkbox"
            checked={isGuarded}
            onChange={({ currentTarget }) => {
              setGuarded(currentTarget.checked);
              changed();
            }}
          />
          <span>Only if the machine is still at revision {opened}</span>
        </label>
        <details>
          <summary>Event id</summary>
          <Field label="Event id" hint="An event is decided once under an id; one is made where this is empty.">
            {(attributes) => (
              <input
                {...attributes}
                value={eventId}
                autocomplete="off"
                onInput={({ currentTarget }) => {
                  setEventId(currentTarget.value);
                  changed();
                }}
              />
            )}
          </Field>
        </details>
        <div class="verdict">
          {trial !== undefined && <TrialVerdict trial={trial} />}
          {send.error !== undefined && <Refusal error={send.error} />}
          <div class="row">
            <Button type="submit" kind="primary" isBusy={send.isBusy}>
              Send
            </Button>
            <Button onClick={() => void tryIt.run()} isBusy={tryIt.isBusy}>
              Try it (dry run)
            </Button>
          </div>
        </div>
      </form>
    </Dialog>
  );
}
