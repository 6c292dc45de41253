/** What is to be known of a machine at a glance. */
import type { JSX } from "preact";
import { hrefOf } from "../../addresses.ts";
import type { Machine } from "../../../gen/detent/v1/machine_pb.ts";
import { Link } from "../../navigation.tsx";
import { useSession } from "../../session/session.ts";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { Code } from "../../ui/code.tsx";
import { curlText } from "../../ui/curl-text.ts";
import { Facts } from "../../ui/facts.tsx";
import { formatCount } from "../../ui/number-text.ts";
import { Section } from "../../ui/section.tsx";
import { Ago, Instant } from "../../ui/time.tsx";
import { versionOf } from "./config-id.ts";
import type { MachineAddress } from "./follow-machine.ts";

interface MachineFactsProps {
  readonly address: MachineAddress;
  readonly machine: Machine;
  /** Why nothing can be done to this machine now. */
  readonly blocked: string | undefined;
  readonly onEditLabels: () => void;
}

export function MachineFacts({ address, machine, blocked, onEditLabels }: MachineFactsProps): JSX.Element {
  const { key, lacks } = useSession();
  const { configuration, id } = address;
  const { configId, state, revision, final, createdAt, updatedAt, labels } = machine;
  const version = versionOf(configId);
  const path = `/api/v1/statemachines/${encodeURIComponent(configuration)}/${encodeURIComponent(id)}`;
  return (
    <Section
      title="Machine"
      actions={
        <Button onClick={onEditLabels} disabledReason={blocked ?? lacks("machines:write")}>
          Edit labels
        </Button>
      }
    >
      <Facts
        of={{
          State: <Badge text={state} tone="accent" />,
          Revision: formatCount(revision),
          Final: final ? "yes" : "no",
          Version: (
            <Link to={hrefOf("configuration", { name: configuration }, { version })}>
              <bdi>{configId}</bdi>
            </Link>
          ),
          Created: <Instant at={createdAt} />,
          Updated: (
            <>
              <Instant at={updatedAt} />{" "}
              <span class="faint">
                (<Ago at={updatedAt} />)
              </span>
            </>
          ),
        }}
      />
      <Labels labels={labels} />
      <details>
        <summary>Read it with cURL</summary>
        <Code text={curlText({ path, hasKey: key !== undefined })} label="The cURL line of the machine" canBeCopied />
      </details>
    </Section>
  );
}

function Labels({ labels }: { readonly labels: Readonly<Record<string, string>> }): JSX.Element {
  const entries = Object.entries(labels).toSorted(([one], [other]) => (one < other ? -1 : 1));
  if (entries.length === 0) return <p class="faint">No labels.</p>;
  return (
    <ul class="labels" aria-label="Labels">
      {entries.map(([name, value]) => (
        <li key={name} class="badge">
          <bdi>{name}</bdi>: <bdi>{value}</bdi>
        </li>
      ))}
    </ul>
  );
}
