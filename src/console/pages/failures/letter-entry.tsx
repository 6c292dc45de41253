/** One dead letter. */
import { toJson } from "@bufbuild/protobuf";
import { ValueSchema } from "@bufbuild/protobuf/wkt";
import type { JSX } from "preact";
import type { DeadLetter } from "../../../gen/detent/v1/dead_letter_service_pb.ts";
import { hrefOf } from "../../addresses.ts";
import { Link } from "../../navigation.tsx";
import { Badge } from "../../ui/badge.tsx";
import { Code } from "../../ui/code.tsx";
import { Entry } from "../../ui/entry-list.tsx";
import { Facts } from "../../ui/facts.tsx";
import { Json } from "../../ui/json.tsx";
import { Ago, Instant } from "../../ui/time.tsx";

interface LetterEntryProps {
  readonly letter: DeadLetter;
  readonly isSelected: boolean;
  readonly onSelect: (isSelected: boolean) => void;
}

export function LetterEntry({ letter, isSelected, onSelect }: LetterEntryProps): JSX.Element {
  const { id, receivedAt, configuration, machineId, eventId, contentType, body } = letter;
  const content = body === undefined ? null : toJson(ValueSchema, body);
  const isKnown = configuration !== "" && machineId !== "";
  return (
    <Entry
      head={
        <>
          <label class="check">
            <input type="checkbox" checked={isSelected} onChange={(event) => onSelect(event.currentTarget.checked)} />
            <strong>
              <bdi>{eventId || id}</bdi>
            </strong>
          </label>
          <Badge text={contentType} />
        </>
      }
      actions={
        <span class="faint">
          <Ago at={receivedAt} />
        </span>
      }
    >
      <Facts
        of={{
          Configuration: configuration !== "" && <bdi>{configuration}</bdi>,
          Machine: isKnown ? (
            <Link to={hrefOf("machine", { configuration, id: machineId })}>
              <bdi>{machineId}</bdi>
            </Link>
          ) : (
            <bdi>{machineId || "the message does not say"}</bdi>
          ),
          Received: <Instant at={receivedAt} />,
        }}
      />
      <details>
        <summary>The message</summary>
        <p class="faint">
          Letter <code>{id}</code>
        </p>
        {typeof content === "string" ? (
          <Code text={content} label="The message" />
        ) : (
          <Json value={content} label="The message" />
        )}
      </details>
    </Entry>
  );
}
