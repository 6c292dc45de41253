import type { JSX } from "preact";
import { Page } from "../../ui/page.tsx";

export default function NewMachinePage(): JSX.Element {
  return <Page title="NewMachine">…</Page>;
}
