/** Makes a token for a browser, with the key that this console uses. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { CreateTokenResponse } from "../../../gen/detent/v1/tenant_service_pb.ts";
import { useAction } from "../../data/use-action.ts";
import type { Scope } from "../../session/scope.ts";
import { useClient } from "../../session/session.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { Field } from "../../ui/field.tsx";
import { focusFirstFault } from "../../ui/focus-first-fault.ts";
import { FormEnd } from "../../ui/form-end.tsx";
import { readLines, readMachines } from "./lines.ts";
import { ScopeChoice } from "./scope-choice.tsx";
import { TOKEN_SCOPES } from "./scopes.ts";

/** As durations of ISO 8601; an hour is the longest. */
const TTLS = { PT1M: "a minute", PT5M: "5 minutes", PT15M: "15 minutes", PT1H: "an hour" } as const;

interface NewTokenDialogProps {
  readonly onClose: () => void;
  readonly onMade: (made: CreateTokenResponse) => void;
}

export function NewTokenDialog({ onClose, onMade }: NewTokenDialogProps): JSX.Element {
  const client = useClient();
  const [scopes, setScopes] = useState<ReadonlySet<Scope>>(new Set());
  const [kind, setKind] = useState<"machines" | "configurations">("machines");
  const [reach, setReach] = useState("");
  const [events, setEvents] = useState("");
  const [subject, setSubject] = useState("");
  const [ttl, setTtl] = useState("PT5M");
  const [complaints, setComplaints] = useState<{ readonly scopes?: string; readonly reach?: string }>({});
  const machines = kind === "machines" ? readMachines(reach) : [];
  const { run, isBusy, error } = useAction(async () => {
    const configurations = kind === "configurations" ? readLines(reach) : [];
    const narrowed = { configurations, machines: machines ?? [], events: readLines(events) };
    onMade(await client.tenants.createToken({ scopes: [...scopes], ...narrowed, subject: subject.trim(), ttl }));
  });
  const submit = (event: Event): void => {
    event.preventDefault();
    const found = {
      ...(scopes.size === 0 && { scopes: "Choose one scope at least." }),
      ...(readLines(reach).length === 0 && { reach: "Name one at least." }),
      ...(machines === undefined && { reach: "Write each as configuration/id." }),
    };
    setComplaints(found);
    if (Object.keys(found).length === 0) void run();
    else focusFirstFault(event.currentTarget);
  };
  return (
    <Dialog title="New token" onClose={onClose}>
      <p>
        A token lives for minutes, for a page that must not have a key. It reaches a part of what this key does, and
        ends with it.
      </p>
      <form class="form" onSubmit={submit} noValidate>
        <ScopeChoice of={TOKEN_SCOPES} chosen={scopes} onChoose={setScopes} error={complaints.scopes} />
        <fieldset class="wide">
          <legend>Reaches</legend>
          <div class="row">
            <label class="check">
              <input type="radio" name="kind" checked={kind === "machines"} onChange={() => setKind("machines")} />
              These machines
            </label>
            <label class="check">
              <input
                type="radio"
                name="kind"
                checked={kind === "configurations"}
                onChange={() => setKind("configurations")}
              />
              Every machine of these configurations
            </label>
          </div>
          <Field
            label={kind === "machines" ? "Machines" : "Configurations"}
            hint={kind === "machines" ? "configuration/id, one a line." : "Names, one a line."}
            error={complaints.reach}
            isRequired
          >
            {(attributes) => (
              <textarea
                {...attributes}
                rows={2}
                spellcheck={false}
                value={reach}
                onInput={(event) => setReach(event.currentTarget.value)}
              />
            )}
          </Field>
        </fieldset>
        <div class="wide">
          <Field label="Events" hint="Names, one a line: those that it may send. Empty: every one.">
            {(attributes) => (
              <textarea
                {...attributes}
                rows={2}
                spellcheck={false}
                value={events}
                onInput={(event) => setEvents(event.currentTarget.value)}
              />
            )}
          </Field>
        </div>
        <Field label="Subject" hint="Whom it is for: it stands in receipts.">
          {(attributes) => (
            <input
              {...attributes}
              autocomplete="off"
              value={subject}
              onInput={(event) => setSubject(event.currentTarget.value)}
            />
          )}
        </Field>
        <Field label="Lives for">
          {(attributes) => (
            <select {...attributes} value={ttl} onChange={(event) => setTtl(event.currentTarget.value)}>
              {Object.entries(TTLS).map(([duration, text]) => (
                <option key={duration} value={duration}>
                  {text}
                </option>
              ))}
            </select>
          )}
        </Field>
        <FormEnd error={error} isBusy={isBusy} onCancel={onClose}>
          Make the token
        </FormEnd>
      </form>
    </Dialog>
  );
}
