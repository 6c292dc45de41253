/** What operators may do to a machine beside sending it events, and the dialogs of it. */
import type { JSX } from "preact";
import type { Configuration } from "../../../gen/detent/v1/configuration_pb.ts";
import type { Machine } from "../../../gen/detent/v1/machine_pb.ts";
import { useSession } from "../../session/session.ts";
import { Button } from "../../ui/button.tsx";
import { DeleteDialog } from "./delete-dialog.tsx";
import type { MachineAddress } from "./follow-machine.ts";
import { LabelsDialog } from "./labels-dialog.tsx";
import { MigrateDialog } from "./migrate-dialog.tsx";
import { OverrideDialog } from "./override-dialog.tsx";

/** Which of the dialogs is open. */
export type Operation = "override" | "migrate" | "delete" | "labels";

interface OperatorButtonsProps {
  readonly blocked: string | undefined;
  readonly onPick: (operation: Operation) => void;
}

export function OperatorButtons({ blocked, onPick }: OperatorButtonsProps): JSX.Element {
  const { lacks } = useSession();
  return (
    <>
      <Button onClick={() => onPick("override")} disabledReason={blocked ?? lacks("ops")}>
        Override…
      </Button>
      <Button onClick={() => onPick("migrate")} disabledReason={blocked ?? lacks("machines:write")}>
        Migrate…
      </Button>
      <Button kind="danger" onClick={() => onPick("delete")} disabledReason={blocked ?? lacks("machines:write")}>
        Delete…
      </Button>
    </>
  );
}

interface OperatorDialogProps {
  readonly operation: Operation;
  readonly address: MachineAddress;
  readonly machine: Machine;
  /** Undefined: it could not be read. */
  readonly configuration: Configuration | undefined;
  readonly onClose: () => void;
  readonly onRefresh: () => Promise<void>;
  /** It is done; what is to be told of it. */
  readonly onDone: (text: string) => void;
}

export function OperatorDialog(props: OperatorDialogProps): JSX.Element {
  const { operation, address, machine, configuration, onClose, onRefresh, onDone } = props;
  switch (operation) {
    case "override":
      return (
        <OverrideDialog
          address={address}
          machine={machine}
          states={configuration?.states ?? [machine.state]}
          onClose={onClose}
          onDone={onDone}
        />
      );
    case "migrate":
      return <MigrateDialog address={address} machine={machine} onClose={onClose} onDone={onDone} />;
    case "delete":
      return <DeleteDialog address={address} revision={machine.revision} onClose={onClose} />;
    case "labels":
    default:
      return <LabelsDialog address={address} labels={machine.labels} onClose={onClose} onDone={onRefresh} />;
  }
}
