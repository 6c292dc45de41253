/** A machine was not created: why, and where to go from here. */
import type { JSX } from "preact";
import { DetentError } from "../../../client/error.ts";
import { hrefOf } from "../../addresses.ts";
import { Link } from "../../navigation.tsx";
import { Notice } from "../../ui/notice.tsx";
import { Problem } from "../../ui/problem.tsx";

interface CreationProblemProps {
  readonly error: unknown;
  readonly configuration: string;
  /** Empty: one was to be made. */
  readonly id: string;
}

export function CreationProblem({ error, configuration, id }: CreationProblemProps): JSX.Element {
  const reason = error instanceof DetentError ? error.reason : "";
  return (
    <>
      <Problem error={error} />
      {reason === "MACHINE_EXISTS" && id !== "" && (
        <Notice>
          <p>
            There is a machine of this id already, and it stays as it is:{" "}
            <Link to={hrefOf("machine", { configuration, id })}>
              open <bdi>{id}</bdi>
            </Link>
            , or choose another id.
          </p>
        </Notice>
      )}
      {reason === "MACHINE_GONE" && (
        <Notice>
          <p>A machine of this id has ended. For 30 days its id is not free again: choose another.</p>
        </Notice>
      )}
    </>
  );
}
