/** What was done to a tenant and its keys, newest first. */
import type { JSX } from "preact";
import type { AuditEntry } from "../../../gen/detent/v1/tenant_service_pb.ts";
import { hrefOf } from "../../addresses.ts";
import { useLoad } from "../../data/use-load.ts";
import { Link, useNavigation } from "../../navigation.tsx";
import { useSession } from "../../session/session.ts";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { curlText } from "../../ui/curl-text.ts";
import { Empty } from "../../ui/empty.tsx";
import { Entry, EntryList } from "../../ui/entry-list.tsx";
import { Json } from "../../ui/json.tsx";
import { Loading } from "../../ui/loading.tsx";
import { NeedsScope } from "../../ui/needs-scope.tsx";
import { formatCountOf } from "../../ui/number-text.ts";
import { Page } from "../../ui/page.tsx";
import { Pager } from "../../ui/pager.tsx";
import { Problem } from "../../ui/problem.tsx";
import { Instant } from "../../ui/time.tsx";
import { TenantChoice } from "./tenant-choice.tsx";

const PAGE_SIZE = 100;

export default function AuditPage(): JSX.Element {
  const { principal } = useSession();
  const { query } = useNavigation();
  const tenant = principal.root ? (query["tenant"] ?? "") : "";
  return (
    <Page
      title="Audit log"
      lead="What was done to the tenant and its keys, and what was erased and exported. Newest first."
    >
      <NeedsScope scope="keys:admin" what="Audit logs">
        {principal.root && <TenantChoice />}
        {principal.root && tenant === "" ? (
          <Empty title="Choose a tenant to see its audit log.">
            <p>
              <Link to={hrefOf("tenants")}>All tenants</Link>
            </p>
          </Empty>
        ) : (
          <Entries tenant={tenant} />
        )}
      </NeedsScope>
    </Page>
  );
}

function Entries({ tenant }: { readonly tenant: string }): JSX.Element {
  const { client, key } = useSession();
  const { query, setQuery } = useNavigation();
  const { page: pageToken = "" } = query;
  const { value, error, reload } = useLoad(
    async (signal) => await client.tenants.listAuditEntries({ pageSize: PAGE_SIZE, pageToken, tenant }, { signal }),
    [client, pageToken, tenant],
  );
  if (value === undefined && error === undefined) return <Loading what="the audit log" />;
  const entries = value?.entries ?? [];
  const nextPageToken = value?.nextPageToken ?? "";
  return (
    <>
      {error !== undefined && <Problem error={error} onRetry={reload} />}
      {value !== undefined && entries.length === 0 && (
        <Empty
          title="Nothing was done yet."
          command={curlText({ path: `/api/v1/audit${tenant && `?tenant=${tenant}`}`, hasKey: key !== undefined })}
        >
          <p>Whoever makes, rerolls or revokes a key, erases a machine or exports the tenant leaves an entry here.</p>
        </Empty>
      )}
      {entries.length > 0 && (
        <>
          <EntryList label="Audit log">
            {entries.map((entry) => (
              <AuditLine key={entry.id} entry={entry} />
            ))}
          </EntryList>
          <div class="row">
            <Pager
              onFirst={pageToken === "" ? undefined : () => setQuery({ page: undefined })}
              onNext={nextPageToken === "" ? undefined : () => setQuery({ page: nextPageToken })}
              shown={formatCountOf(entries.length, "entry", "entries")}
            />
            <Button onClick={reload}>Refresh</Button>
          </div>
        </>
      )}
    </>
  );
}

function AuditLine({ entry }: { readonly entry: AuditEntry }): JSX.Element {
  const { at, action, subject, actor, details } = entry;
  const isEnd = /erased|erasing|revoked/.test(action);
  return (
    <Entry
      head={
        <>
          <Badge text={action} tone={isEnd ? "bad" : "neutral"} />
          <strong>
            <bdi>{subject}</bdi>
          </strong>
          <span>
            by <bdi>{actor}</bdi>
          </span>
        </>
      }
      actions={
        <span class="faint">
          <Instant at={at} />
        </span>
      }
    >
      <Details value={details} subject={subject} />
    </Entry>
  );
}

function Details({ value, subject }: { readonly value: AuditEntry["details"]; readonly subject: string }): JSX.Element {
  if (value === undefined || Object.keys(value).length === 0) return <></>;
  const { name } = value;
  return (
    <details>
      <summary>
        Details
        {typeof name === "string" && (
          <>
            : <bdi>{name}</bdi>
          </>
        )}
      </summary>
      <Json value={value} label={`Details of ${subject}`} />
    </details>
  );
}
