/** A secret, the only time that it is shown. */
import type { ComponentChildren, JSX } from "preact";
import { Button } from "../../ui/button.tsx";
import { Code } from "../../ui/code.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { Notice } from "../../ui/notice.tsx";

export interface Secret {
  readonly title: string;
  /** What it is: `The key`. */
  readonly what: string;
  readonly text: string;
  /** What else there is to know of it. */
  readonly note?: ComponentChildren;
}

interface SecretDialogProps {
  readonly secret: Secret;
  /** Whoever keeps the secret forgets it now. */
  readonly onClose: () => void;
}

export function SecretDialog({ secret: { title, what, text, note }, onClose }: SecretDialogProps): JSX.Element {
  return (
    <Dialog title={title} onClose={onClose}>
      <Notice tone="warn">
        <p>
          <strong>Copy it now: it is shown this once.</strong> Nobody can show it again, since it is kept nowhere. Put
          it where secrets are kept, not into a chat or a repository.
        </p>
      </Notice>
      <Code text={text} label={what} canBeCopied />
      {note}
      <div class="row">
        <Button kind="primary" onClick={onClose}>
          I have stored it
        </Button>
      </div>
    </Dialog>
  );
}
