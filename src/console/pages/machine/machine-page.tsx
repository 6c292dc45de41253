import type { JSX } from "preact";
import { Page } from "../../ui/page.tsx";

export default function MachinePage(): JSX.Element {
  return <Page title="Machine">…</Page>;
}
