/** Creates a tenant. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { hrefOf } from "../../addresses.ts";
import { useAction } from "../../data/use-action.ts";
import { Link } from "../../navigation.tsx";
import { useClient } from "../../session/session.ts";
import { Button } from "../../ui/button.tsx";
import { Field } from "../../ui/field.tsx";
import { focusFirstFault } from "../../ui/focus-first-fault.ts";
import { Notice } from "../../ui/notice.tsx";
import { Problem } from "../../ui/problem.tsx";
import { Section } from "../../ui/section.tsx";

/** As the service has it. */
const NAME = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const RULE = "1 to 63 lower-case letters, digits and hyphens, with no hyphen at either end.";

export function NewTenant({ onMade }: { readonly onMade: () => void }): JSX.Element {
  const client = useClient();
  const [name, setName] = useState("");
  const [complaint, setComplaint] = useState<string>();
  const [made, setMade] = useState<string>();
  const { run, isBusy, error } = useAction(async () => {
    await client.tenants.createTenant({ name: name.trim() });
    setMade(name.trim());
    setName("");
    onMade();
  });
  const submit = (event: Event): void => {
    event.preventDefault();
    setMade(undefined);
    const isFine = NAME.test(name.trim());
    setComplaint(isFine ? undefined : `The name has ${RULE}`);
    if (isFine) void run();
    else focusFirstFault(event.currentTarget);
  };
  return (
    <Section title="New tenant">
      <form class="form" onSubmit={submit} noValidate>
        <Field label="Name" hint={RULE} error={complaint} isRequired>
          {(attributes) => (
            <input
              {...attributes}
              autocomplete="off"
              spellcheck={false}
              value={name}
              onInput={(event) => setName(event.currentTarget.value)}
            />
          )}
        </Field>
        <div class="beside">
          <Button kind="primary" type="submit" isBusy={isBusy}>
            Create the tenant
          </Button>
        </div>
      </form>
      {error !== undefined && <Problem error={error} />}
      {made !== undefined && (
        <Notice tone="good" isNews>
          <p>
            The tenant <strong>{made}</strong> is there. Next:{" "}
            <Link to={hrefOf("keys", {}, { tenant: made })}>make its first key</Link>.
          </p>
        </Notice>
      )}
    </Section>
  );
}
