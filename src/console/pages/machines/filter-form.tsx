/** Which machines are listed, and in which order; it counts when it is applied, and stands in the address then. */
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { ConfigurationVersions } from "../../../gen/detent/v1/configuration_service_pb.ts";
import { findFilterProblems, isNarrowed, queryOf, type MachineFilter } from "../../data/machine-filter.ts";
import { useNavigation } from "../../navigation.tsx";
import { Button } from "../../ui/button.tsx";
import { Field } from "../../ui/field.tsx";
import { MachineFilterFields } from "../../ui/machine-filter.tsx";
import { hasLabels, orderOf, ORDERS, type MachineOrder } from "./machine-order.ts";

interface FilterFormProps {
  /** That of the address. */
  readonly filter: MachineFilter;
  readonly order: MachineOrder;
  readonly configurations: readonly ConfigurationVersions[] | undefined;
}

export function FilterForm({ filter, order, configurations }: FilterFormProps): JSX.Element {
  const { setQuery } = useNavigation();
  const [draft, setDraft] = useState(filter);
  const [wanted, setWanted] = useState<MachineOrder>(order);
  const [problems, setProblems] = useState(() => findFilterProblems(filter));
  const applied = JSON.stringify([filter, order]);
  useEffect(() => {
    // The address may have changed by a link, or by the browser's way back.
    setDraft(filter);
    setWanted(order);
    setProblems(findFilterProblems(filter));
  }, [applied]);
  const drafted = orderOf(wanted, draft);
  const apply = (event: Event): void => {
    event.preventDefault();
    const found = findFilterProblems(draft);
    setProblems(found);
    // A page belongs to the filter and the order that it was asked with.
    if (found.size === 0) {
      setQuery({ ...queryOf(draft), order: drafted === "id" ? undefined : drafted, page_token: undefined });
    }
  };
  const reset = (): void => {
    setQuery({ ...queryOf({ ...CLEAR, configuration: filter.configuration }), page_token: undefined });
  };
  const isChanged = JSON.stringify([draft, drafted]) !== applied;
  return (
    <form class="card" role="search" aria-label="Machines" onSubmit={apply} noValidate>
      <div class="form">
        <MachineFilterFields filter={draft} onChange={setDraft} configurations={configurations} problems={problems}>
          <OrderField value={drafted} isFixed={hasLabels(draft)} onChange={setWanted} />
        </MachineFilterFields>
      </div>
      <div class="row">
        <Button type="submit" kind={isChanged ? "primary" : "plain"}>
          Apply
        </Button>
        {isNarrowed(filter) && <Button onClick={reset}>Reset the filter</Button>}
        {isChanged && <span class="faint">Not applied yet.</span>}
      </div>
    </form>
  );
}

const CLEAR: MachineFilter = {
  configuration: "",
  version: "",
  state: "",
  updatedAfter: "",
  updatedBefore: "",
  label: "",
  label2: "",
};

interface OrderFieldProps {
  readonly value: MachineOrder;
  /** There is no other than by id. */
  readonly isFixed: boolean;
  readonly onChange: (order: MachineOrder) => void;
}

/** What cannot be chosen is there, and why: a field that is disabled as a whole would not be heard. */
function OrderField({ value, isFixed, onChange }: OrderFieldProps): JSX.Element {
  return (
    <Field label="Order" hint={isFixed ? "Machines of a label are listed by id only." : undefined}>
      {(attributes) => (
        <select
          {...attributes}
          value={value}
          onChange={({ currentTarget }) => onChange(currentTarget.value as MachineOrder)}
        >
          {(Object.keys(ORDERS) as MachineOrder[]).map((order) => (
            <option key={order} value={order} disabled={isFixed && order !== "id"}>
              {ORDERS[order]}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}
