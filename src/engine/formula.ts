import {
  compileExpression,
  evaluateGuard,
  evaluateInstant,
  evaluateValue,
  type Compiled,
  type Evaluated,
  type Expression,
  type ExpressionUse,
  type Scope,
} from "./expression/expression.ts";
import type { JsonValue } from "./json.ts";
import type { Meter } from "./meter.ts";

/**
 * An expression of a configuration, compiled when it is first needed: of thousands of guards a machine that wakes needs
 * few. One that does not compile, since a rule came after it was stored, fails like one that errs.
 */
export class Formula {
  readonly source: string;
  readonly #use: ExpressionUse;
  #compiled: Compiled | undefined;

  constructor(source: string, use: ExpressionUse) {
    this.source = source;
    this.#use = use;
  }

  get compiled(): Compiled {
    return (this.#compiled ??= compileExpression(this.source, this.#use));
  }

  /** Whether its value may depend on the event that is sent. */
  get readsEvent(): boolean {
    const { compiled } = this;
    return compiled.ok && compiled.expression.readsEvent;
  }

  evaluateGuard(scope: Scope, meter: Meter): Evaluated<boolean> {
    return this.#evaluate((expression) => evaluateGuard(expression, scope, meter));
  }

  evaluateValue(scope: Scope, meter: Meter): Evaluated<JsonValue> {
    return this.#evaluate((expression) => evaluateValue(expression, scope, meter));
  }

  /** Epoch ms. */
  evaluateInstant(scope: Scope, meter: Meter): Evaluated<number> {
    return this.#evaluate((expression) => evaluateInstant(expression, scope, meter));
  }

  #evaluate<T>(evaluate: (expression: Expression) => Evaluated<T>): Evaluated<T> {
    const { compiled } = this;
    return compiled.ok ? evaluate(compiled.expression) : compiled;
  }
}
