/** One tenant: what it uses, what it may, and its end. */
import type { JSX } from "preact";
import { hrefOf } from "../../addresses.ts";
import { useEvery } from "../../data/use-every.ts";
import { useLoad } from "../../data/use-load.ts";
import { Link } from "../../navigation.tsx";
import { useClient } from "../../session/session.ts";
import { Facts } from "../../ui/facts.tsx";
import { Loading } from "../../ui/loading.tsx";
import { Problem } from "../../ui/problem.tsx";
import { Section } from "../../ui/section.tsx";
import { Instant } from "../../ui/time.tsx";
import { EraseSection } from "./erase-section.tsx";
import { ErasureSection } from "./erasure-section.tsx";
import { QuotaSection } from "./quota-section.tsx";
import { TenantBadge } from "./tenant-list.tsx";
import { UsageSection } from "./usage-section.tsx";

/** An erasure takes a minute at least. */
const FOLLOW_MS = 3_000;

export function TenantDetail({ name }: { readonly name: string }): JSX.Element {
  const client = useClient();
  const { value, error, reload, poll } = useLoad(
    async (signal) => (await client.tenants.getTenant({ name }, { signal })).tenant,
    [client, name],
  );
  const isErasing = value?.erasingAt !== undefined && value.erasedAt === undefined;
  useEvery(FOLLOW_MS, () => {
    if (isErasing) poll();
  });
  return (
    <>
      {error !== undefined && <Problem error={error} onRetry={reload} />}
      {value === undefined && error === undefined && <Loading what="the tenant" />}
      {value !== undefined && (
        <>
          <Section title="Tenant">
            <Facts
              of={{
                State: <TenantBadge tenant={value} />,
                Created: <Instant at={value.createdAt} />,
                Keys: value.erasingAt === undefined && (
                  <Link to={hrefOf("keys", {}, { tenant: name })}>Keys of {name}</Link>
                ),
                Audit: <Link to={hrefOf("audit", {}, { tenant: name })}>Audit log of {name}</Link>,
              }}
            />
          </Section>
          {value.erasingAt === undefined ? (
            <>
              <UsageSection tenant={name} />
              <QuotaSection tenant={value} onSaved={reload} />
              <EraseSection name={name} onBegun={reload} />
            </>
          ) : (
            <ErasureSection tenant={value} />
          )}
        </>
      )}
    </>
  );
}
