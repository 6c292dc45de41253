/** What has happened to the machine, and what it has refused. */
import type { JSX } from "preact";
import { hrefOf } from "../../addresses.ts";
import { Link, useNavigation } from "../../navigation.tsx";
import { Section } from "../../ui/section.tsx";
import type { MachineAddress } from "./follow-machine.ts";
import { HistoryTable } from "./history-table.tsx";
import type { KnownHistory } from "./present.ts";
import { RefusedTable } from "./refused-table.tsx";

interface HistorySectionProps {
  readonly address: MachineAddress;
  readonly history: KnownHistory;
  readonly revision: number;
  readonly onOlder: (count: number) => Promise<void>;
  /** Changes when there is another refusal to be shown. */
  readonly refusals: number;
}

export function HistorySection({ address, history, revision, onOlder, refusals }: HistorySectionProps): JSX.Element {
  const { query } = useNavigation();
  const isRefused = query["tab"] === "refused";
  const linkTo = (tab: string | undefined): string =>
    hrefOf("machine", { ...address }, { revision: query["revision"], tab });
  return (
    <Section title="History">
      <nav class="tabs" aria-label="History">
        <Link to={linkTo(undefined)} isCurrent={!isRefused}>
          Changes
        </Link>
        <Link to={linkTo("refused")} isCurrent={isRefused}>
          Refused
        </Link>
      </nav>
      {isRefused ? (
        <RefusedTable key={refusals} {...address} />
      ) : (
        <HistoryTable address={address} history={history} revision={revision} onOlder={onOlder} />
      )}
    </Section>
  );
}
