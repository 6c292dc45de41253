import type { JSX } from "preact";
import { Page } from "../../ui/page.tsx";

export default function NewJobPage(): JSX.Element {
  return <Page title="NewJob">…</Page>;
}
