/** Wrong arguments: the command prints the message, which is one line, and exits with code 2. */
export class UsageError extends Error {}

/** An expected failure: the command prints the message without a stack trace and exits with code 1. */
export class CommandError extends Error {}

/** @throws UsageError with the message of an error that parsing throws */
export function orUsageError<T>(parse: () => T): T {
  try {
    return parse()
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}
