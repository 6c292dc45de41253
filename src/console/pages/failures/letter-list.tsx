/** A page of dead letters, of which some are chosen. */
import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";
import type { DeadLetter } from "../../../gen/detent/v1/dead_letter_service_pb.ts";
import { Button } from "../../ui/button.tsx";
import { EntryList } from "../../ui/entry-list.tsx";
import { LetterEntry } from "./letter-entry.tsx";

interface LetterListProps {
  readonly letters: readonly DeadLetter[];
  /** Why nothing can be redriven; undefined: it can. */
  readonly lack: string | undefined;
  readonly onRedrive: (which: readonly string[] | "all") => void;
  /** What else can be done with the list. */
  readonly refresh: ComponentChildren;
}

export function LetterList({ letters, lack, onRedrive, refresh }: LetterListProps): JSX.Element {
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  // What was redriven is gone; it must not be sent for again.
  const selected = letters.filter(({ id }) => chosen.has(id)).map(({ id }) => id);
  const isWhole = letters.length > 0 && selected.length === letters.length;
  const select = (id: string, isSelected: boolean): void => {
    const next = new Set(chosen);
    if (isSelected) next.add(id);
    else next.delete(id);
    setChosen(next);
  };
  return (
    <>
      <div class="row">
        <label class="check">
          <input
            type="checkbox"
            checked={isWhole}
            onChange={({ currentTarget: { checked } }) =>
              setChosen(new Set(checked ? letters.map(({ id }) => id) : []))
            }
          />
          Select all on this page
        </label>
        <Button
          kind="primary"
          disabledReason={lack ?? (selected.length === 0 ? "Select dead letters first." : undefined)}
          onClick={() => onRedrive(selected)}
        >
          Redrive selected{selected.length > 0 && ` (${selected.length})`}
        </Button>
        <Button disabledReason={lack} onClick={() => onRedrive("all")}>
          Redrive all
        </Button>
        {refresh}
      </div>
      <EntryList label="Dead letters">
        {letters.map((letter) => (
          <LetterEntry
            key={letter.id}
            letter={letter}
            isSelected={chosen.has(letter.id)}
            onSelect={(isSelected) => select(letter.id, isSelected)}
          />
        ))}
      </EntryList>
    </>
  );
}
