/** Ends a key for good. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Key } from "../../../gen/detent/v1/tenant_service_pb.ts";
import { useAction } from "../../data/use-action.ts";
import { useClient } from "../../session/session.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Notice } from "../../ui/notice.tsx";
import { Problem } from "../../ui/problem.tsx";

interface RevokeDialogProps {
  readonly held: Key;
  readonly tenant: string;
  /** Of the key that this console uses it is asked twice. */
  readonly isOwn: boolean;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

export function RevokeDialog({ held, tenant, isOwn, onClose, onDone }: RevokeDialogProps): JSX.Element {
  const client = useClient();
  const [isSure, setSure] = useState(!isOwn);
  const { run, isBusy, error } = useAction(async () => {
    await client.tenants.revokeKey({ id: held.id, tenant });
    onDone();
  });
  return (
    <Dialog title={`Revoke ${held.name}`} onClose={onClose}>
      <p>
        The key <code>{held.id}</code> and every token made with it end for good, within 30 seconds everywhere. It
        cannot be taken back; whoever uses the key is refused from then on.
      </p>
      {isOwn && isSure && (
        <Notice tone="bad" isNews>
          <strong>This console uses this key.</strong> You will be signed out, and need another key to come back. Revoke
          it all the same?
        </Notice>
      )}
      {error !== undefined && <Problem error={error} />}
      <div class="row">
        {isSure ? (
          <Button key="sure" kind="danger" isBusy={isBusy} onClick={() => void run()}>
            {isOwn ? "Revoke it and sign out" : "Revoke the key"}
          </Button>
        ) : (
          <Button key="ask" kind="danger" onClick={() => setSure(true)}>
            Revoke the key
          </Button>
        )}
        <Button onClick={onClose}>Cancel</Button>
      </div>
    </Dialog>
  );
}
