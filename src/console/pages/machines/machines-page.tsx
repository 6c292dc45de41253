import type { JSX } from "preact";
import { Page } from "../../ui/page.tsx";

export default function MachinesPage(): JSX.Element {
  return <Page title="Machines">…</Page>;
}
