/** Where there is no configuration yet: what one is, and how the first comes. */
import type { JSX } from "preact";
import { hrefOf } from "../../addresses.ts";
import { Link } from "../../navigation.tsx";
import { useSession } from "../../session/session.ts";
import { curlText } from "../../ui/curl-text.ts";
import { Empty } from "../../ui/empty.tsx";
import { FIRST_CONFIGURATION } from "./first-configuration.ts";

export function NoConfigurations(): JSX.Element {
  const { key } = useSession();
  const request = { method: "POST", path: "/api/v1/configurations", body: FIRST_CONFIGURATION } as const;
  return (
    <Empty title="There are no configurations yet." command={curlText({ ...request, hasKey: key !== undefined })}>
      <p>
        A configuration says which states an entity may be in and which events move it; every machine lives by one.{" "}
        <Link to={hrefOf("newConfiguration")}>Write one here</Link>, or upload one:
      </p>
    </Empty>
  );
}
