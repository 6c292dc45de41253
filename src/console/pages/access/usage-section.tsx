/** What a tenant has and does, against what it may. */
import type { JSX } from "preact";
import { useLoad } from "../../data/use-load.ts";
import { useClient } from "../../session/session.ts";
import { Button } from "../../ui/button.tsx";
import { Loading } from "../../ui/loading.tsx";
import { formatCount } from "../../ui/number-text.ts";
import { Problem } from "../../ui/problem.tsx";
import { Section } from "../../ui/section.tsx";
import { DayChart } from "./day-chart.tsx";
import { fillDays } from "./usage-days.ts";

/** `tenant`: with the root key, whose; "": the caller's own. */
export function UsageSection({ tenant }: { readonly tenant: string }): JSX.Element {
  const client = useClient();
  const { value, error, reload } = useLoad(
    async (signal) => await client.tenants.getUsage({ tenant }, { signal }),
    [client, tenant],
  );
  return (
    <Section title="Usage" actions={<Button onClick={reload}>Refresh</Button>}>
      {error !== undefined && <Problem error={error} onRetry={reload} />}
      {value === undefined && error === undefined && <Loading what="the usage" />}
      {value !== undefined && (
        <>
          <div class="figures">
            <Used what="Machines" count={value.machines} quota={value.quotas?.machines} />
            <Used what="Configurations" count={value.configurations} quota={value.quotas?.configurations} />
            <Used what="Events today" count={value.eventsToday} quota={value.quotas?.eventsPerDay} />
            <div class="figure">
              <b>{value.quotas?.requestsPerSecond === undefined ? "∞" : formatCount(value.quotas.requestsPerSecond)}</b>
              requests of a key in a second, at most
            </div>
          </div>
          <DayChart days={fillDays(value.days, Date.now())} />
          <p class="faint">Counted a few seconds late. A day is one of UTC.</p>
        </>
      )}
    </Section>
  );
}

interface UsedProps {
  readonly what: string;
  readonly count: number;
  /** Undefined: there is no limit. */
  readonly quota: number | undefined;
}

function Used({ what, count, quota }: UsedProps): JSX.Element {
  return (
    <div class="figure">
      <b>{formatCount(count)}</b>
      {what} {quota === undefined ? "(no limit)" : `of ${formatCount(quota)}`}
      {quota !== undefined && (
        <meter aria-label={`${what} used`} max={quota} high={quota * 0.9} value={Math.min(count, quota)} />
      )}
    </div>
  );
}
