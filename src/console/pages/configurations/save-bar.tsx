/** Saving what was written, and why that could not be done. */
import type { JSX } from "preact";
import { hrefOf } from "../../addresses.ts";
import { DetentError } from "../../../client/error.ts";
import type { ConfigurationSource } from "../../../engine/configuration.ts";
import { Link } from "../../navigation.tsx";
import { Button } from "../../ui/button.tsx";
import { Notice } from "../../ui/notice.tsx";
import { Problem } from "../../ui/problem.tsx";
import { countFindings } from "./placed-finding.ts";
import type { Check } from "./use-check.ts";

interface SaveBarProps {
  readonly check: Check;
  readonly lack: string | undefined;
  readonly isBusy: boolean;
  /** Why the last attempt has failed. */
  readonly error: unknown;
  /** Gives the text the next free version. */
  readonly onRename: () => void;
}

export function SaveBar({ check, lack, isBusy, error, onRename }: SaveBarProps): JSX.Element {
  const { findings, isPending, isValid } = check;
  const hasErrors = findings.some(({ severity }) => severity === "error");
  // What is still being checked may be tried: the service checks it once more.
  const reason = lack ?? (!isPending && hasErrors ? "It has errors, which are listed below." : undefined);
  const configId = idOf(check);
  const told = countFindings(findings);
  return (
    <>
      <div class="row">
        <Button kind="primary" type="submit" isBusy={isBusy} disabledReason={reason}>
          <span>Save {configId !== undefined && <bdi>{configId}</bdi>}</span>
        </Button>
        <span class={isPending ? "faint" : undefined} role="status">
          {isPending
            ? "Checking …"
            : isValid
              ? told === ""
                ? "Valid: the check has nothing to say against it."
                : `Valid, with ${told}: it can be saved as it is.`
              : told === ""
                ? "Not checked."
                : `Not valid: ${told}.`}
        </span>
      </div>
      {lack !== undefined && <p class="faint">{lack} It can be checked here, but not saved.</p>}
      {isTaken(error) ? <Taken error={error} value={valueOf(check)} onRename={onRename} /> : null}
      {error !== undefined && !isTaken(error) && <Problem error={error} />}
    </>
  );
}

function valueOf({ reading }: Check): ConfigurationSource | undefined {
  return reading.kind === "read" ? reading.value : undefined;
}

function idOf(check: Check): string | undefined {
  const value = valueOf(check);
  return value?.name ? `${value.name}:${value.version || "v1"}` : undefined;
}

function isTaken(error: unknown): error is DetentError {
  return error instanceof DetentError && error.reason === "CONFIGURATION_EXISTS";
}

interface TakenProps {
  readonly error: DetentError;
  readonly value: ConfigurationSource | undefined;
  readonly onRename: () => void;
}

/** A version names one content for good. */
function Taken({ error, value, onRename }: TakenProps): JSX.Element {
  const { name = "", version: written } = value ?? {};
  const version = written || "v1";
  const stored = (
    <Link to={hrefOf("configuration", { name }, { version })}>
      <bdi>
        {name}:{version}
      </bdi>
    </Link>
  );
  if (error.metadata["identical"] === "true") {
    return (
      <Notice tone="good" isNews>
        <p>{stored} is stored already, with the same content. There is nothing to be saved.</p>
      </Notice>
    );
  }
  return (
    <Notice tone="bad" isNews>
      <p>
        <code>{error.reason}</code> {stored} is stored already, with other content. A version never changes: save this
        as another one.
      </p>
      <Button onClick={onRename}>Take the next free version</Button>
    </Notice>
  );
}
