/** What may happen to the machine next: a button for each event, also for those that it would not take now. */
import type { JSX } from "preact";
import type { AllowedEvent } from "../../../gen/detent/v1/machine_pb.ts";
import { useSession } from "../../session/session.ts";
import { Button } from "../../ui/button.tsx";
import { formatCountOf } from "../../ui/number-text.ts";
import { Section } from "../../ui/section.tsx";
import { describeOutcome, describeRefusal } from "./allowed-text.ts";

interface NextEventsProps {
  readonly state: string;
  readonly isFinal: boolean;
  readonly allowed: readonly AllowedEvent[];
  /** What is shown is not now: nobody knows what would have been allowed then. */
  readonly isPast: boolean;
  /** Why nothing can be done to this machine now. */
  readonly blocked: string | undefined;
  readonly onPick: (event: string) => void;
}

/** More of those that cannot happen are folded away. */
const SHOWN_REFUSED = 8;

export function NextEvents({ state, isFinal, allowed, isPast, blocked, onPick }: NextEventsProps): JSX.Element {
  const { lacks, principal } = useSession();
  const isNarrowed = (event: string): boolean => principal.events.length > 0 && !principal.events.includes(event);
  const reasonOf = (event: AllowedEvent): string | undefined =>
    blocked ??
    lacks("events:send") ??
    (isNarrowed(event.event) ? "The credential may not send this event." : describeRefusal(event, state));
  const open = allowed.filter((event) => isPast || event.allowed !== "no");
  const shut = allowed.filter((event) => !isPast && event.allowed === "no");
  const listOf = (events: readonly AllowedEvent[]): JSX.Element => (
    <ul class="events">
      {events.map((event) => (
        <li key={event.event}>
          <Button onClick={() => onPick(event.event)} disabledReason={reasonOf(event)}>
            <bdi>{event.event}</bdi>
          </Button>
          <span class="faint">
            <bdi>{isPast ? "" : describeOutcome(event)}</bdi>
          </span>
        </li>
      ))}
    </ul>
  );
  const reason = blocked ?? lacks("events:send");
  return (
    <Section title="What may happen next">
      {reason !== undefined && <p class="faint">{reason}</p>}
      {open.length > 0 && listOf(open)}
      {open.length === 0 && (
        <p>{isFinal ? "The state is final: no transition leaves it." : "The machine would take no event now."}</p>
      )}
      {shut.length > 0 && (
        <details open={shut.length <= SHOWN_REFUSED}>
          <summary>Not now: {formatCountOf(shut.length, "event")}</summary>
          {listOf(shut)}
        </details>
      )}
    </Section>
  );
}
