/** Whose keys and audit log the root key looks at. */
import type { JSX } from "preact";
import { useId } from "preact/hooks";
import { useLoad } from "../../data/use-load.ts";
import { useNavigation } from "../../navigation.tsx";
import { useClient } from "../../session/session.ts";
import { Field } from "../../ui/field.tsx";
import { Problem } from "../../ui/problem.tsx";

/** The service gives no more at a time; others can be entered. */
const MOST_OFFERED = 1_000;

/** The choice is the parameter `tenant` of the address. */
export function TenantChoice(): JSX.Element {
  const client = useClient();
  const { query, setQuery } = useNavigation();
  const namesId = useId();
  const { value, error, reload } = useLoad(
    async (signal) => (await client.tenants.listTenants({ pageSize: MOST_OFFERED }, { signal })).tenants,
    [client],
  );
  return (
    <form class="form" onSubmit={(event) => event.preventDefault()}>
      <Field label="Tenant" hint="The root key looks at one tenant at a time.">
        {(attributes) => (
          <input
            {...attributes}
            type="search"
            list={namesId}
            autocomplete="off"
            placeholder="Choose a tenant"
            value={query["tenant"] ?? ""}
            onChange={(event) => setQuery({ tenant: event.currentTarget.value.trim(), page: undefined })}
          />
        )}
      </Field>
      <datalist id={namesId}>
        {value?.map(({ name }) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      {error !== undefined && (
        <div class="wide">
          <Problem error={error} onRetry={reload} />
        </div>
      )}
    </form>
  );
}
