/** Where a form cannot be sent, its reader is led to what is wrong first. */

/** Focuses the first control of the form that has an error, once that is shown. A group with one says so by `data-invalid`. */
export function focusFirstFault(form: EventTarget | null): void {
  if (!(form instanceof HTMLFormElement)) return;
  const wanted = "[aria-invalid], [data-invalid] input:not(:disabled)";
  setTimeout(() => form.querySelector<HTMLElement>(wanted)?.focus());
}
