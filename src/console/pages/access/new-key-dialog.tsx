/** Makes a key. */
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { CreateKeyResponse } from "../../../gen/detent/v1/tenant_service_pb.ts";
import { useAction } from "../../data/use-action.ts";
import type { Scope } from "../../session/scope.ts";
import { useClient } from "../../session/session.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { Field } from "../../ui/field.tsx";
import { focusFirstFault } from "../../ui/focus-first-fault.ts";
import { FormEnd } from "../../ui/form-end.tsx";
import { checkKey, type KeyComplaints } from "./key-complaints.ts";
import { readLines } from "./lines.ts";
import { ScopeChoice } from "./scope-choice.tsx";
import { EVERY_SCOPE } from "./scopes.ts";

interface NewKeyDialogProps {
  /** With the root key: whose it is to be; "": the caller's tenant. */
  readonly tenant: string;
  readonly onClose: () => void;
  readonly onMade: (made: CreateKeyResponse) => void;
}

export function NewKeyDialog({ tenant, onClose, onMade }: NewKeyDialogProps): JSX.Element {
  const client = useClient();
  const [name, setName] = useState("");
  const [scopes, setScopes] = useState<ReadonlySet<Scope>>(new Set());
  const [names, setNames] = useState("");
  const [expiry, setExpiry] = useState("");
  const [complaints, setComplaints] = useState<KeyComplaints>({});
  const { run, isBusy, error } = useAction(async () => {
    const expiresAt = expiry === "" ? undefined : timestampFromDate(new Date(expiry));
    const configurations = readLines(names);
    onMade(
      await client.tenants.createKey({ name: name.trim(), scopes: [...scopes], configurations, expiresAt, tenant }),
    );
  });
  const submit = (event: Event): void => {
    event.preventDefault();
    const found = checkKey({ name, scopes, configurations: readLines(names), expiry }, Date.now());
    setComplaints(found);
    if (Object.keys(found).length === 0) void run();
    else focusFirstFault(event.currentTarget);
  };
  return (
    <Dialog title={tenant === "" ? "New key" : `New key of ${tenant}`} onClose={onClose}>
      <form class="form" onSubmit={submit} noValidate>
        <div class="wide">
          <Field
            label="Name"
            hint="What it is for: it stands in this list and in the audit log."
            error={complaints.name}
            isRequired
          >
            {(attributes) => (
              <input
                {...attributes}
                autocomplete="off"
                value={name}
                onInput={(event) => setName(event.currentTarget.value)}
              />
            )}
          </Field>
        </div>
        <ScopeChoice of={EVERY_SCOPE} chosen={scopes} onChoose={setScopes} error={complaints.scopes} />
        <div class="wide">
          <Field
            label="Configurations"
            hint="Names, one a line: the key reaches these and their machines only. Empty: the whole tenant."
            error={complaints.configurations}
          >
            {(attributes) => (
              <textarea
                {...attributes}
                rows={2}
                spellcheck={false}
                value={names}
                onInput={(event) => setNames(event.currentTarget.value)}
              />
            )}
          </Field>
        </div>
        <Field label="Expires" hint="In your own time zone. Empty: never." error={complaints.expiry}>
          {(attributes) => (
            <input
              {...attributes}
              type="datetime-local"
              value={expiry}
              onInput={(event) => setExpiry(event.currentTarget.value)}
            />
          )}
        </Field>
        <FormEnd error={error} isBusy={isBusy} onCancel={onClose}>
          Make the key
        </FormEnd>
      </form>
    </Dialog>
  );
}
