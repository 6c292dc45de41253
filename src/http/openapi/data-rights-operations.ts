/** What is said about taking data along, and about erasing it. */
import type { Description } from "./description.ts";

export const DATA_RIGHTS_OPERATIONS = {
  ExportTenant: {
    tag: "Tenants",
    summary: "Export everything of a tenant",
    description:
      'A JSON object per line, each with a `type`: `tenant`, `configuration`, `machine`, `history`, `receipt`, `failure`, `transition`, `dead_letter`, `job`, `job_refusal`, `key`, `audit`, in the shapes that the other routes have. A `machine` is followed by its whole `history`, its creation first, and by a `receipt` of every event that changed nothing; of one that was deleted or retired it says `"gone": true`. Keys have no secrets.\n\nAfter every hundred lines or so comes a `cursor`. The last line is `end` with the counts by type: whoever has read it has everything. An export that ends without one was cut off, or is long: ask again with the last cursor as `after`, and forget the lines that came behind that cursor, since they come again. Where a part does not answer, the last line has the type `error` and is a problem in all else. Needs the scopes `configurations:read`, `machines:read` and `keys:admin`, too; the audit log has an entry of it.',
    rpc: "detent.v1.TenantService/ExportTenant",
    answers: { 200: { description: "The lines, as they are read.", contentType: "application/x-ndjson" } },
    reasons: [],
    example: {},
  },
  EraseMachine: {
    tag: "Interventions",
    summary: "Erase a machine",
    description:
      "Takes a machine, alive or gone, out of everything that is kept: its object, lists, feeds, look-ups, dead letters, refusals of jobs. Afterwards there was none, and its id is free. Only an entry of the audit log stays, with its address. What it had yet to send is not sent. Answered alike where there is none; answered with an error, it is to be sent again.",
    rpc: "detent.v1.MachineService/EraseMachine",
    answers: { 204: { description: "Nothing is left of it." } },
    reasons: [],
    example: { path: { configuration: "orders", id: "order-2" } },
  },
  EraseTenant: {
    tag: "Tenants",
    summary: "Erase a tenant",
    description:
      "Marks the tenant, ends its keys within 30 s, and erases everything that is kept of it. That goes on by itself, for a minute at least; `GetTenant` tells how far it is: with `erased_at`, nothing is left but this tombstone and two entries of the audit log. Its name stays taken. Sent again, it is answered as it is.",
    rpc: "detent.v1.TenantService/EraseTenant",
    answers: {
      202: {
        description: "It is under way, or done.",
        shape: "Tenant",
        example: {
          name: "acme",
          created_at: "2026-11-24T10:00:00.000Z",
          quotas: {},
          erasing_at: "2026-11-26T09:00:00.000Z",
          erased_counts: {},
        },
      },
    },
    reasons: ["NOT_FOUND"],
    example: { path: { name: "acme" }, body: { confirm: "acme" } },
  },
} as const satisfies Record<string, Description>;
