/** The route of metrics. */
import { getMetrics, type Metrics } from "../service/metrics.ts";
import { boundOf, OPEN_METRICS, renderOpenMetrics, type Family } from "./open-metrics.ts";
import { route } from "./route.ts";

const metrics = route({
  operation: "GetMetrics",
  access: "ops",
  method: "GET",
  path: "/metrics",
  handle: async ({ c, house, principal }) => {
    const text = renderOpenMetrics(familiesOf(await getMetrics(house, principal), c.env.release));
    return c.body(text, 200, { "content-type": OPEN_METRICS });
  },
});

export const METRICS_ROUTES = [metrics];

/** Every metric there is; docs/operations.md describes them. */
function familiesOf(found: Metrics, release: string): Family[] {
  return [
    {
      name: "detent_build",
      type: "info",
      help: "The release that answers.",
      samples: [{ suffix: "_info", labels: { release }, value: 1 }],
    },
    {
      name: "detent_events",
      type: "counter",
      help: "Events that were decided, by configuration, result and reason.",
      samples: found.events.map(({ count, configuration, result, reason }) => {
        return { suffix: "_total", labels: { configuration, result, reason }, value: count };
      }),
    },
    machines("detent_machines_created", "Machines that were created.", found.created),
    machines("detent_machines_deleted", "Machines that were deleted or retired.", found.deleted),
    total("detent_index_batches", "Writes to the index with something of this tenant's.", found.batches),
    total("detent_index_entries", "Messages to the index that it has taken.", found.entries),
    {
      name: "detent_index_failures",
      type: "counter",
      help: "Messages to the index that it did not take, each time they were sent.",
      samples: Object.entries(found.failures).map(([kind, value]) => ({ suffix: "_total", labels: { kind }, value })),
    },
    {
      name: "detent_index_lag_seconds",
      type: "histogram",
      unit: "seconds",
      help: "From a decision until it is in the index.",
      samples: [
        ...found.lag.buckets.map(({ boundMs, count }) => {
          return { suffix: "_bucket", labels: { le: boundOf(boundMs) }, value: count };
        }),
        { suffix: "_bucket", labels: { le: "+Inf" }, value: found.lag.count },
        { suffix: "_sum", value: found.lag.sumMs / 1_000 },
        { suffix: "_count", value: found.lag.count },
      ],
    },
    {
      name: "detent_dead_letters",
      type: "gauge",
      help: "Dead letters that are held, up to 10,000.",
      samples: [{ suffix: "", value: found.deadLetters }],
    },
  ];
}

function total(name: string, help: string, value: number): Family {
  return { name, type: "counter", help, samples: [{ suffix: "_total", value }] };
}

function machines(name: string, help: string, counts: Metrics["created"]): Family {
  const samples = counts.map(({ configuration, count }) => {
    return { suffix: "_total", labels: { configuration }, value: count };
  });
  return { name, type: "counter", help, samples };
}
