/** What events would do to a new machine: tried by the service, which stores nothing. */
import type { JsonObject } from "@bufbuild/protobuf";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useAction } from "../../data/use-action.ts";
import type { ConfigurationSource } from "../../../engine/configuration.ts";
import type { Configuration } from "../../../gen/detent/v1/configuration_pb.ts";
import type { Receipt } from "../../../gen/detent/v1/receipt_pb.ts";
import { useClient } from "../../session/session.ts";
import { Button } from "../../ui/button.tsx";
import { Field } from "../../ui/field.tsx";
import { Problem } from "../../ui/problem.tsx";
import { Section } from "../../ui/section.tsx";
import { DataField } from "./data-field.tsx";
import { listEvents } from "./outline.ts";
import { readData } from "./read-data.ts";
import { StepsTable } from "./steps-table.tsx";

interface TryItSectionProps {
  readonly source: ConfigurationSource;
  readonly message: Configuration;
  /** Why it cannot be tried; undefined: it can. */
  readonly disabledReason?: string | undefined;
}

interface Attempt {
  /** Different for each. */
  readonly id: number;
  readonly event: string;
  readonly data: string;
}

/** As many as the service tries at a time. */
const MOST = 100;

export function TryItSection({ source, message, disabledReason }: TryItSectionProps): JSX.Element {
  const client = useClient();
  const events = listEvents(source);
  const first = events[0]?.name ?? "";
  const [state, setState] = useState("");
  const [data, setData] = useState("");
  const [attempts, setAttempts] = useState<readonly Attempt[]>([{ id: 0, event: first, data: "" }]);
  const [isTold, setTold] = useState(false);
  const [steps, setSteps] = useState<readonly Receipt[]>();
  const { run, isBusy, error } = useAction(async () => {
    setTold(true);
    const texts = [data, ...attempts.map((attempt) => attempt.data)].map(readData);
    if (texts.some(({ complaint }) => complaint !== undefined)) return;
    const [initial, ...others] = texts;
    const withData = (read: { readonly data?: JsonObject } | undefined) =>
      read?.data !== undefined && { data: read.data };
    const answer = await client.configurations.simulateConfiguration({
      configuration: message,
      state: isKnown(source, state) ? state : "",
      ...withData(initial),
      events: attempts.map(({ event }, i) => ({ event: event || first, ...withData(others[i]) })),
    });
    setSteps(answer.steps);
  });
  const change = (id: number, part: Partial<Attempt>): void => {
    setAttempts(attempts.map((attempt) => (attempt.id === id ? { ...attempt, ...part } : attempt)));
  };
  const complaintOf = (text: string): string | undefined => (isTold ? readData(text).complaint : undefined);
  return (
    <Section title="Try it">
      <p class="faint">What events would do to a new machine, one after the other. Nothing is stored.</p>
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void run();
        }}
      >
        <div class="form">
          <Field label="Begins in">
            {(attributes) => (
              <select
                {...attributes}
                value={isKnown(source, state) ? state : ""}
                onChange={(event) => setState(event.currentTarget.value)}
              >
                <option value="">the starting state</option>
                {(source.states ?? []).map((name) => (
                  <option key={name} value={name}>
                    {name}
                  </option>
                ))}
              </select>
            )}
          </Field>
          <DataField label="With the data" text={data} onChange={setData} error={complaintOf(data)} />
        </div>
        <ol class="attempts">
          {attempts.map((attempt, i) => (
            <li key={attempt.id} class="form">
              <Field label={`Event ${i + 1}`}>
                {(attributes) => (
                  <select
                    {...attributes}
                    value={attempt.event || first}
                    onChange={({ currentTarget }) => change(attempt.id, { event: currentTarget.value })}
                  >
                    {events.map(({ name }) => (
                      <option key={name} value={name}>
                        {name}
                      </option>
                    ))}
                    {attempt.event !== "" && !events.some(({ name }) => name === attempt.event) && (
                      <option value={attempt.event}>{attempt.event}</option>
                    )}
                  </select>
                )}
              </Field>
              <DataField
                label={`Data of event ${i + 1}`}
                text={attempt.data}
                onChange={(text) => change(attempt.id, { data: text })}
                error={complaintOf(attempt.data)}
              />
              <div class="remove">
                <Button
                  label={`Remove event ${i + 1}`}
                  disabledReason={attempts.length === 1 ? "One event is needed." : undefined}
                  onClick={() => setAttempts(attempts.filter(({ id }) => id !== attempt.id))}
                >
                  Remove
                </Button>
              </div>
            </li>
          ))}
        </ol>
        <div class="row">
          <Button kind="primary" type="submit" isBusy={isBusy} disabledReason={disabledReason}>
            Try it
          </Button>
          <Button
            disabledReason={attempts.length >= MOST ? "At most 100 events are tried." : undefined}
            onClick={() =>
              setAttempts([...attempts, { id: Math.max(...attempts.map(({ id }) => id)) + 1, event: first, data: "" }])
            }
          >
            Add an event
          </Button>
        </div>
      </form>
      {error !== undefined && <Problem error={error} />}
      <div role="status">{steps !== undefined && error === undefined && <StepsTable steps={steps} />}</div>
    </Section>
  );
}

/** It may have been taken out of the text meanwhile. */
function isKnown({ states = [] }: ConfigurationSource, state: string): boolean {
  return states.includes(state);
}
