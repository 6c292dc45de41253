/** How far the erasure of a tenant is, and the proof of it. */
import type { JSX } from "preact";
import type { Tenant } from "../../../gen/detent/v1/tenant_service_pb.ts";
import { Facts } from "../../ui/facts.tsx";
import { Notice } from "../../ui/notice.tsx";
import { formatCount } from "../../ui/number-text.ts";
import { Progress } from "../../ui/progress.tsx";
import { Section } from "../../ui/section.tsx";
import { Table } from "../../ui/table.tsx";
import { Instant } from "../../ui/time.tsx";

export function ErasureSection({ tenant }: { readonly tenant: Tenant }): JSX.Element {
  const { erasingAt, erasedAt, erasedCounts } = tenant;
  const counts = Object.entries(erasedCounts).toSorted(([one], [other]) => (one < other ? -1 : 1));
  const isDone = erasedAt !== undefined;
  return (
    <Section title="Erasure">
      <Notice tone={isDone ? "good" : "warn"} isNews>
        {isDone
          ? "Everything that was kept of this tenant is erased. What you see here is all that is left; its name stays taken."
          : "It is being erased. That goes on by itself and takes a minute at least; this page follows."}
      </Notice>
      {!isDone && <Progress label="Erasing the tenant" done={0} of={0} />}
      <Facts
        of={{ "Begun at": <Instant at={erasingAt} />, "Erased at": <Instant at={erasedAt} otherwise="not yet" /> }}
      />
      {counts.length > 0 && (
        <Table
          caption="What was erased"
          rows={counts}
          keyOf={([kind]) => kind}
          columns={[
            { title: "Rows of", cell: ([kind]) => kind, isHeading: true },
            { title: isDone ? "Erased" : "Erased so far", cell: ([, count]) => formatCount(count), isNumber: true },
          ]}
        />
      )}
    </Section>
  );
}
