/** Sets what a tenant may have and do. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Tenant } from "../../../gen/detent/v1/tenant_service_pb.ts";
import { useAction } from "../../data/use-action.ts";
import { useClient } from "../../session/session.ts";
import { Button } from "../../ui/button.tsx";
import { Field } from "../../ui/field.tsx";
import { focusFirstFault } from "../../ui/focus-first-fault.ts";
import { Notice } from "../../ui/notice.tsx";
import { Problem } from "../../ui/problem.tsx";
import { Section } from "../../ui/section.tsx";
import { draftOf, QUOTA_NAMES, QUOTAS, readQuotas, type QuotaName } from "./quotas.ts";

interface QuotaSectionProps {
  readonly tenant: Tenant;
  readonly onSaved: () => void;
}

export function QuotaSection({ tenant: { name, quotas }, onSaved }: QuotaSectionProps): JSX.Element {
  const client = useClient();
  const [draft, setDraft] = useState(() => draftOf(quotas));
  const [complaints, setComplaints] = useState<Readonly<Partial<Record<QuotaName, string>>>>({});
  const [isSaved, setSaved] = useState(false);
  const { run, isBusy, error } = useAction(async (wanted: Readonly<Partial<Record<QuotaName, number>>>) => {
    await client.tenants.updateTenant({ name, quotas: wanted });
    setSaved(true);
    onSaved();
  });
  const submit = (event: Event): void => {
    event.preventDefault();
    setSaved(false);
    const read = readQuotas(draft);
    setComplaints("complaints" in read ? read.complaints : {});
    if ("quotas" in read) void run(read.quotas);
    else focusFirstFault(event.currentTarget);
  };
  return (
    <Section title="Quotas">
      <p class="faint">
        What is left empty is as the settings of the deployment say. They hold everywhere within 30 seconds.
      </p>
      <form class="form" onSubmit={submit} noValidate>
        {QUOTA_NAMES.map((quota) => (
          <Field key={quota} label={QUOTAS[quota].label} hint={QUOTAS[quota].hint} error={complaints[quota]}>
            {(attributes) => (
              <input
                {...attributes}
                inputmode="numeric"
                autocomplete="off"
                placeholder="As the deployment"
                value={draft[quota]}
                onInput={(event) => setDraft({ ...draft, [quota]: event.currentTarget.value })}
              />
            )}
          </Field>
        ))}
        <div class="wide row">
          <Button kind="primary" type="submit" isBusy={isBusy}>
            Save the quotas
          </Button>
        </div>
      </form>
      {error !== undefined && <Problem error={error} />}
      {isSaved && (
        <Notice tone="good" isNews>
          The quotas are saved.
        </Notice>
      )}
    </Section>
  );
}
