/** A question in front of the page, which waits meanwhile. */
import type { ComponentChildren, JSX } from "preact";
import { useId, useLayoutEffect, useRef } from "preact/hooks";
import { Button } from "./button.tsx";

interface DialogProps {
  readonly title: string;
  /** Escape, or the button at its corner. */
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}

/** Open for as long as it is shown. The browser keeps the focus within it, and gives it back. */
export function Dialog({ title, onClose, children }: DialogProps): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  // Before anything is painted: a key that is pressed at once is for the dialog.
  useLayoutEffect(() => {
    const opener = document.activeElement;
    const { current } = dialog;
    current?.showModal();
    return () => {
      current?.close();
      // What opened it may be gone with what it has done.
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
    };
  }, []);
  const cancel = (event: Event): void => {
    event.preventDefault();
    onClose();
  };
  return (
    <dialog ref={dialog} aria-labelledby={titleId} onCancel={cancel}>
      <div class="heading">
        <h2 id={titleId}>
          <bdi>{title}</bdi>
        </h2>
        <Button kind="quiet" label="Close" onClick={onClose}>
          ✕
        </Button>
      </div>
      {children}
    </dialog>
  );
}
