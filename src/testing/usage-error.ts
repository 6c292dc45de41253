/** How the kit says that it is used wrongly: by an option, a file or a place that cannot be meant. */

/** The message says what would be right. Nothing was sent for it. */
export class UsageError extends TypeError {
  override readonly name = "UsageError";
}
