/** One refused or failed event. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Receipt } from "../../../gen/detent/v1/receipt_pb.ts";
import { hrefOf } from "../../addresses.ts";
import { useLoad } from "../../data/use-load.ts";
import { Link } from "../../navigation.tsx";
import { useClient } from "../../session/session.ts";
import { Badge, ResultBadge } from "../../ui/badge.tsx";
import { Entry } from "../../ui/entry-list.tsx";
import { Facts } from "../../ui/facts.tsx";
import { Json } from "../../ui/json.tsx";
import { Loading } from "../../ui/loading.tsx";
import { Problem } from "../../ui/problem.tsx";
import { Ago, Instant } from "../../ui/time.tsx";

export function FailureEntry({ receipt }: { readonly receipt: Receipt }): JSX.Element {
  const { event, result, reason, message, at, from, originator, actor, machine } = receipt;
  const [isOpen, setOpen] = useState(false);
  return (
    <Entry
      head={
        <>
          <ResultBadge result={result} />
          <strong>
            <bdi>{event || "(no event)"}</bdi>
          </strong>
          <a href={`/errors/${encodeURIComponent(reason)}`}>
            <code>{reason}</code>
          </a>
        </>
      }
      actions={
        <span class="faint">
          <Ago at={at} />
        </span>
      }
    >
      <p>
        <bdi>{message}</bdi>
      </p>
      <Facts
        of={{
          Machine: machine && <MachineOf receipt={receipt} />,
          "From state": from !== "" && <Badge text={from} />,
          Originator: originator !== "" && <bdi>{originator}</bdi>,
          Actor: actor !== "" && <bdi>{actor}</bdi>,
        }}
      />
      <details onToggle={(toggled) => setOpen(toggled.currentTarget.open)}>
        <summary>Details and data</summary>
        {isOpen && <WholeReceipt receipt={receipt} />}
      </details>
    </Entry>
  );
}

/** A failed event has found no machine: there is nothing to lead to. */
function MachineOf({ receipt: { machine, result } }: { readonly receipt: Receipt }): JSX.Element {
  const { configuration = "", id = "" } = machine ?? {};
  const name = <bdi>{`${configuration}/${id}`}</bdi>;
  if (result === "failed")
    return (
      <>
        {name} <span class="faint">(not there)</span>
      </>
    );
  return (
    <>
      <Link to={hrefOf("machine", { configuration, id })}>{name}</Link>{" "}
      <Link to={hrefOf("machine", { configuration, id }, REFUSED_HISTORY)} label={`All that ${id} has refused`}>
        (all it refused)
      </Link>
    </>
  );
}

/** Where the page of a machine shows what it has refused. */
const REFUSED_HISTORY = { tab: "refused" };

/** What the feed leaves out: it is read when somebody wants to see it. */
function WholeReceipt({ receipt }: { readonly receipt: Receipt }): JSX.Element {
  const client = useClient();
  const { machine, eventId, result } = receipt;
  const { configuration = "", id = "" } = machine ?? {};
  const { value, error, reload } = useLoad(
    async (signal) => {
      // Of a failed event no machine knows, only the index.
      const request = { configuration, id: result === "failed" ? "" : id, eventId };
      return (await client.machines.getEvent(request, { signal })).receipt;
    },
    [client, configuration, id, eventId, result],
  );
  if (error !== undefined) return <Problem error={error} onRetry={reload} />;
  if (value === undefined) return <Loading what="the receipt" />;
  return (
    <div class="stack">
      <Facts
        of={{
          "Event id": (
            <code>
              <bdi>{eventId}</bdi>
            </code>
          ),
          At: <Instant at={value.at} />,
          Configuration: value.configId !== "" && <bdi>{value.configId}</bdi>,
          Code: value.code !== "" && <code>{value.code}</code>,
          Revision: result === "refused" && String(value.revision),
          "Allowed instead": value.allowedEvents.length > 0 && (
            <span class="row">
              {value.allowedEvents.map((name) => (
                <Badge key={name} text={name} />
              ))}
            </span>
          ),
          Details: value.details ? <bdi>{value.details}</bdi> : "none",
        }}
      />
      <Json value={value.data ?? {}} label="Data of the event" />
    </div>
  );
}
