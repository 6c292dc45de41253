/** The machine cannot be shown: why, and where to go from here. */
import type { JSX } from "preact";
import { DetentError } from "../../../client/error.ts";
import { hrefOf } from "../../addresses.ts";
import { Link } from "../../navigation.tsx";
import { Notice } from "../../ui/notice.tsx";
import { Problem } from "../../ui/problem.tsx";

const EXPLANATIONS: Readonly<Record<string, string>> = {
  MACHINE_GONE: "It was deleted, or retired when its time was over. For 30 days its id is not free again.",
  MACHINE_NOT_FOUND: "Nobody has created it, or it is so long gone that nothing is known of it.",
  CONFIGURATION_NOT_FOUND: "There is no configuration of this name, and so no machine of it.",
  OUT_OF_RANGE: "The revision is yet to come, or the row of history that told of it is not kept any more.",
  PERMISSION_DENIED: "The credential does not reach this machine, or lacks the scope machines:read.",
};

interface MachineProblemProps {
  readonly error: unknown;
  readonly onRetry: () => void;
}

export function MachineProblem({ error, onRetry }: MachineProblemProps): JSX.Element {
  const reason = error instanceof DetentError ? error.reason : "";
  const explanation = Object.hasOwn(EXPLANATIONS, reason) ? EXPLANATIONS[reason] : undefined;
  return (
    <>
      <Problem error={error} onRetry={onRetry} />
      {explanation !== undefined && (
        <Notice>
          <p>
            {explanation} <Link to={hrefOf("machines")}>All machines</Link>
          </p>
        </Notice>
      )}
    </>
  );
}
