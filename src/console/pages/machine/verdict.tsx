/** What becomes of an event, or would become of it. */
import type { JSX } from "preact";
import { DetentError, RefusedError } from "../../../client/error.ts";
import type { Receipt } from "../../../gen/detent/v1/receipt_pb.ts";
import { ResultBadge } from "../../ui/badge.tsx";
import { Notice } from "../../ui/notice.tsx";
import { Problem } from "../../ui/problem.tsx";

/** The answer to a dry run, or why it failed. */
export type Trial = { readonly receipt: Receipt } | { readonly error: unknown };

export function TrialVerdict({ trial }: { readonly trial: Trial }): JSX.Element {
  if ("error" in trial) {
    return (
      <>
        {trial.error instanceof RefusedError && <Notice>It would be refused; nothing has changed.</Notice>}
        <Refusal error={trial.error} />
      </>
    );
  }
  const { result, from, to, revision } = trial.receipt;
  return (
    <Notice tone="accent" isNews>
      <p>
        Nothing has changed. It would be <ResultBadge result={result} />
        {to !== undefined && (
          <>
            {" "}
            from <bdi>{from}</bdi> to <bdi>{to}</bdi>, revision {revision}
          </>
        )}
        .
      </p>
    </Notice>
  );
}

/** An error of an event: of a refused one also what the machine would take. */
export function Refusal({ error }: { readonly error: unknown }): JSX.Element {
  const receipt = error instanceof DetentError ? error.receipt : undefined;
  const allowed = receipt?.result === "refused" ? receipt.allowedEvents : undefined;
  return (
    <>
      <Problem error={error} />
      {allowed !== undefined && (
        <p class="faint">
          Allowed now: <bdi>{allowed.length === 0 ? "nothing" : allowed.join(", ")}</bdi>
        </p>
      )}
    </>
  );
}

/** What has become of an event. */
export function SentNotice({ receipt }: { readonly receipt: Receipt }): JSX.Element {
  const { event, eventId, result, from, to, revision, duplicate } = receipt;
  return (
    <Notice tone={result === "transitioned" ? "good" : "warn"} isNews>
      <p>
        <strong>
          <bdi>{event}</bdi>
        </strong>{" "}
        <ResultBadge result={result} />{" "}
        {to === undefined ? (
          <>
            The machine stays in <bdi>{from}</bdi>.
          </>
        ) : (
          <>
            from <bdi>{from}</bdi> to <bdi>{to}</bdi>, revision {revision}.
          </>
        )}
        {duplicate && " This event id was decided before; nothing happened this time."}
      </p>
      <p class="faint">
        Event id <code class="id">{eventId}</code>
      </p>
    </Notice>
  );
}
