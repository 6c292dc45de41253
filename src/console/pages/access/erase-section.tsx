/** The end of a tenant: asked with its name. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useAction } from "../../data/use-action.ts";
import { useClient } from "../../session/session.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Field } from "../../ui/field.tsx";
import { FormEnd } from "../../ui/form-end.tsx";
import { Section } from "../../ui/section.tsx";

interface EraseSectionProps {
  readonly name: string;
  readonly onBegun: () => void;
}

export function EraseSection({ name, onBegun }: EraseSectionProps): JSX.Element {
  const [isAsking, setAsking] = useState(false);
  return (
    <Section title="Erase the tenant">
      <p>
        Ends its keys within 30 seconds and erases everything that is kept of it. Nothing comes back, and the name stays
        taken.
      </p>
      <div>
        <Button kind="danger" onClick={() => setAsking(true)}>
          Erase the tenant …
        </Button>
      </div>
      {isAsking && (
        <EraseDialog
          name={name}
          onClose={() => setAsking(false)}
          onBegun={() => {
            setAsking(false);
            onBegun();
          }}
        />
      )}
    </Section>
  );
}

function EraseDialog({ name, onClose, onBegun }: EraseSectionProps & { readonly onClose: () => void }): JSX.Element {
  const client = useClient();
  const [confirm, setConfirm] = useState("");
  const { run, isBusy, error } = useAction(async () => {
    await client.tenants.eraseTenant({ name, confirm });
    onBegun();
  });
  const lack = confirm === name ? undefined : "Type the name of the tenant first.";
  const submit = (event: Event): void => {
    event.preventDefault();
    if (lack === undefined) void run();
  };
  return (
    <Dialog title={`Erase the tenant ${name}`} onClose={onClose}>
      <form class="stack" onSubmit={submit}>
        <p>
          Every configuration, machine, history, job, dead letter and key of <strong>{name}</strong> is erased, for
          good. Export it first if somebody may want it: that takes a key of the tenant.
        </p>
        <Field label={`Type ${name} to confirm`}>
          {(attributes) => (
            <input
              {...attributes}
              autocomplete="off"
              spellcheck={false}
              value={confirm}
              onInput={(event) => setConfirm(event.currentTarget.value)}
            />
          )}
        </Field>
        <FormEnd kind="danger" error={error} isBusy={isBusy} disabledReason={lack} onCancel={onClose}>
          Erase it for good
        </FormEnd>
      </form>
    </Dialog>
  );
}
