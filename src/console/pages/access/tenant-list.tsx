/** Every tenant, and a new one. */
import type { JSX } from "preact";
import type { Tenant } from "../../../gen/detent/v1/tenant_service_pb.ts";
import { hrefOf } from "../../addresses.ts";
import { useLoad } from "../../data/use-load.ts";
import { Link, useNavigation } from "../../navigation.tsx";
import { useSession } from "../../session/session.ts";
import { Badge } from "../../ui/badge.tsx";
import { curlText } from "../../ui/curl-text.ts";
import { Empty } from "../../ui/empty.tsx";
import { Loading } from "../../ui/loading.tsx";
import { formatCountOf } from "../../ui/number-text.ts";
import { Pager } from "../../ui/pager.tsx";
import { Problem } from "../../ui/problem.tsx";
import { Section } from "../../ui/section.tsx";
import { Table, type Column } from "../../ui/table.tsx";
import { Ago } from "../../ui/time.tsx";
import { NewTenant } from "./new-tenant.tsx";

const PAGE_SIZE = 100;

export function TenantList(): JSX.Element {
  const { client, key } = useSession();
  const { query, setQuery } = useNavigation();
  const { page: pageToken = "" } = query;
  const { value, error, reload } = useLoad(
    async (signal) => await client.tenants.listTenants({ pageSize: PAGE_SIZE, pageToken }, { signal }),
    [client, pageToken],
  );
  const tenants = value?.tenants ?? [];
  const nextPageToken = value?.nextPageToken ?? "";
  return (
    <>
      <NewTenant onMade={reload} />
      {error !== undefined && <Problem error={error} onRetry={reload} />}
      {value === undefined && error === undefined && <Loading what="the tenants" />}
      {value !== undefined && tenants.length === 0 && (
        <Empty
          title="There are no tenants yet."
          command={curlText({
            method: "POST",
            path: "/api/v1/tenants",
            body: { name: "acme" },
            hasKey: key !== undefined,
          })}
        >
          <p>Everything that is kept belongs to a tenant. Create the first one above, and then its first key.</p>
        </Empty>
      )}
      {tenants.length > 0 && (
        <Section title="All tenants">
          <Table caption="Tenants" rows={tenants} keyOf={({ name }) => name} columns={COLUMNS} />
          <Pager
            onFirst={pageToken === "" ? undefined : () => setQuery({ page: undefined })}
            onNext={nextPageToken === "" ? undefined : () => setQuery({ page: nextPageToken })}
            shown={formatCountOf(tenants.length, "tenant")}
          />
        </Section>
      )}
    </>
  );
}

const COLUMNS: readonly Column<Tenant>[] = [
  {
    title: "Name",
    cell: ({ name }) => <Link to={hrefOf("tenants", {}, { tenant: name })}>{name}</Link>,
    isHeading: true,
  },
  { title: "State", cell: (tenant) => <TenantBadge tenant={tenant} /> },
  { title: "Created", cell: ({ createdAt }) => <Ago at={createdAt} />, isMinor: true },
  {
    title: "Keys",
    cell: ({ name, erasingAt }) =>
      erasingAt === undefined ? (
        <Link to={hrefOf("keys", {}, { tenant: name })} label={`Keys of ${name}`}>
          Keys
        </Link>
      ) : (
        "none"
      ),
  },
  {
    title: "Audit log",
    cell: ({ name }) => (
      <Link to={hrefOf("audit", {}, { tenant: name })} label={`Audit log of ${name}`}>
        Audit log
      </Link>
    ),
  },
];

export function TenantBadge({ tenant: { erasingAt, erasedAt } }: { readonly tenant: Tenant }): JSX.Element {
  if (erasedAt !== undefined) return <Badge text="erased" tone="bad" />;
  return erasingAt === undefined ? <Badge text="works" tone="good" /> : <Badge text="being erased" tone="warn" />;
}
