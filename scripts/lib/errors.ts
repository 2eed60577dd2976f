/** Wrong arguments: the command prints the message, which is one line, and ends with exit code 2. */
export class UsageError extends Error {}

/** A failure that its message explains: the command prints it without a stack trace and ends with exit code 1. */
export class CommandError extends Error {}
