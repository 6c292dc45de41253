/** Ends the making of machines of a version, once its user has confirmed it. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useAction } from "../../data/use-action.ts";
import { useSession } from "../../session/session.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Problem } from "../../ui/problem.tsx";

interface DeprecateButtonProps {
  /** `name:version`. */
  readonly configId: string;
  readonly isDeprecated: boolean;
  /** It is done. */
  readonly onDone: () => void;
}

export function DeprecateButton({ configId, isDeprecated, onDone }: DeprecateButtonProps): JSX.Element {
  const { client, lacks } = useSession();
  const [isAsking, setAsking] = useState(false);
  const { run, isBusy, error, reset } = useAction(async () => {
    await client.configurations.deprecateConfiguration({ configId });
    setAsking(false);
    onDone();
  });
  const close = (): void => {
    reset();
    setAsking(false);
  };
  return (
    <>
      <Button
        kind="danger"
        onClick={() => setAsking(true)}
        disabledReason={
          lacks("configurations:write") ?? (isDeprecated ? "This version is deprecated already." : undefined)
        }
      >
        Deprecate
      </Button>
      {isAsking && (
        <Dialog title={`Deprecate ${configId}?`} onClose={close}>
          <p>
            No new machines can be made of it from then on. Those that it has go on. It cannot be taken back: to undo
            it, save the same content as another version.
          </p>
          {error !== undefined && <Problem error={error} />}
          <div class="row">
            <Button kind="danger" isBusy={isBusy} onClick={() => void run()}>
              <span>
                Deprecate <bdi>{configId}</bdi>
              </span>
            </Button>
            <Button onClick={close}>Cancel</Button>
          </div>
        </Dialog>
      )}
    </>
  );
}
