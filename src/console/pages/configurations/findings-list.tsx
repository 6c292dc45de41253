/** What is wrong or doubtful in a text; each leads to its place. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import type { PlacedFinding } from "./placed-finding.ts";

interface FindingsListProps {
  readonly findings: readonly PlacedFinding[];
  readonly onGo: (finding: PlacedFinding) => void;
}

/** The rest is told when it is asked for. */
const AT_FIRST = 25;

export function FindingsList({ findings, onGo }: FindingsListProps): JSX.Element {
  const [isWhole, setWhole] = useState(false);
  const shown = isWhole ? findings : findings.slice(0, AT_FIRST);
  return (
    <>
      <ul class="findings">
        {shown.map((finding, i) => (
          <li key={i} class={finding.severity}>
            <span class="row words">
              <Badge text={finding.severity} tone={finding.severity === "error" ? "bad" : "warn"} />
              {finding.place && (
                <Button kind="quiet" onClick={() => onGo(finding)}>
                  Line {finding.place.line}, column {finding.place.column}
                </Button>
              )}
              <code class="faint">{finding.code}</code>
            </span>
            <bdi>{finding.message}</bdi>
          </li>
        ))}
      </ul>
      {shown.length < findings.length && (
        <div>
          <Button onClick={() => setWhole(true)}>Show all {findings.length}</Button>
        </div>
      )}
    </>
  );
}
