/** What went wrong: the reason, what the service says of it, and under which id it has logged it. */
import type { JSX } from "preact";
import { DetentError } from "../../client/error.ts";
import { Button } from "./button.tsx";

interface ProblemProps {
  readonly error: unknown;
  readonly onRetry?: () => void;
}

export function Problem({ error, onRetry }: ProblemProps): JSX.Element {
  const known = error instanceof DetentError ? error : undefined;
  return (
    <div class="problem" role="alert">
      <p>
        <strong>{known ? <Reason of={known} /> : "The console has failed"}</strong>{" "}
        <bdi>{error instanceof Error ? error.message : String(error)}</bdi>
      </p>
      {known !== undefined && known.violations.length > 0 && (
        <ul>
          {known.violations.map(({ pointer, rule, message }) => (
            <li key={`${pointer} ${rule}`}>
              <code>{pointer || "/"}</code> <bdi>{message}</bdi> ({rule})
            </li>
          ))}
        </ul>
      )}
      {known?.requestId !== undefined && (
        <p class="faint">
          Request id <code class="id">{known.requestId}</code>
        </p>
      )}
      {onRetry && <Button onClick={onRetry}>Try again</Button>}
    </div>
  );
}

/** Reasons of the service have a page of their own; those of the client alone have none. */
function Reason({ of: { reason, requestId } }: { readonly of: DetentError }): JSX.Element {
  return requestId === undefined ? (
    <code>{reason}</code>
  ) : (
    <a href={`/errors/${encodeURIComponent(reason)}`}>
      <code>{reason}</code>
    </a>
  );
}
