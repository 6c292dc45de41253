/** Gives a key another secret. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Key, RerollKeyResponse } from "../../../gen/detent/v1/tenant_service_pb.ts";
import { useAction } from "../../data/use-action.ts";
import { useClient } from "../../session/session.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { Field } from "../../ui/field.tsx";
import { FormEnd } from "../../ui/form-end.tsx";

/** As durations of ISO 8601; the service takes up to 30 days. */
const GRACES = {
  P1D: "a day",
  PT0S: "not at all: it ends at once",
  PT1H: "an hour",
  P7D: "7 days",
  P30D: "30 days",
} as const;

interface RerollDialogProps {
  readonly held: Key;
  readonly tenant: string;
  readonly isOwn: boolean;
  readonly onClose: () => void;
  readonly onMade: (made: RerollKeyResponse) => void;
}

export function RerollDialog({ held, tenant, isOwn, onClose, onMade }: RerollDialogProps): JSX.Element {
  const client = useClient();
  const [grace, setGrace] = useState("P1D");
  const { run, isBusy, error } = useAction(async () =>
    onMade(await client.tenants.rerollKey({ id: held.id, grace, tenant })),
  );
  const submit = (event: Event): void => {
    event.preventDefault();
    void run();
  };
  return (
    <Dialog title={`Reroll ${held.name}`} onClose={onClose}>
      <form class="stack" onSubmit={submit}>
        <p>
          The key <code>{held.id}</code> gets another secret, with the same scopes and life. Whoever uses it has to be
          given the new one before the present one ends. Of an earlier secret that still works nothing is left.
        </p>
        <Field label="The present secret goes on for">
          {(attributes) => (
            <select {...attributes} value={grace} onChange={(event) => setGrace(event.currentTarget.value)}>
              {Object.entries(GRACES).map(([duration, text]) => (
                <option key={duration} value={duration}>
                  {text}
                </option>
              ))}
            </select>
          )}
        </Field>
        {isOwn && (
          <p>
            This console uses this key: sign in with the new secret afterwards. With the old one no keys can be changed.
          </p>
        )}
        <FormEnd error={error} isBusy={isBusy} onCancel={onClose}>
          Make a new secret
        </FormEnd>
      </form>
    </Dialog>
  );
}
