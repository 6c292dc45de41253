/** The configuration as a picture: where the machine is, and which way it came. */
import type { JSX } from "preact";
import { sourceOf } from "../../data/configuration-source.ts";
import { useAction } from "../../data/use-action.ts";
import { Diagram } from "../../diagram/diagram.tsx";
import type { Configuration } from "../../../gen/detent/v1/configuration_pb.ts";
import { Button } from "../../ui/button.tsx";
import { formatCount } from "../../ui/number-text.ts";
import { Problem } from "../../ui/problem.tsx";
import { Section } from "../../ui/section.tsx";
import { LONGEST_PATH, marksOf } from "./path-taken.ts";
import type { KnownHistory } from "./present.ts";

interface MachineDiagramProps {
  readonly configuration: Configuration;
  readonly title: string;
  readonly state: string;
  readonly revision: number;
  readonly history: KnownHistory;
  /** Adds older entries. Absent: there is no way to more of them here. */
  readonly onOlder: ((count: number) => Promise<void>) | undefined;
}

export function MachineDiagram(props: MachineDiagramProps): JSX.Element {
  const { configuration, title, state, revision, history, onOlder } = props;
  const shown = Math.min(history.entries.length, LONGEST_PATH);
  const more = useAction(async () => await onOlder?.(LONGEST_PATH - shown));
  const isCut = shown < revision;
  return (
    <Section title="Diagram">
      <Diagram source={sourceOf(configuration)} title={title} marks={marksOf(state, history.entries)} />
      {isCut && (
        <p class="row">
          <span class="faint">
            The path is that of the newest {formatCount(shown)} of {formatCount(revision)} changes.
          </span>
          {onOlder && history.olderToken !== "" && shown < LONGEST_PATH && (
            <Button kind="quiet" isBusy={more.isBusy} onClick={() => void more.run()}>
              Show the path of {formatCount(Math.min(LONGEST_PATH, revision))}
            </Button>
          )}
        </p>
      )}
      {more.error !== undefined && <Problem error={more.error} />}
    </Section>
  );
}
