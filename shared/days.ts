export const daySeconds = 24 * 60 * 60
export const dayMs = daySeconds * 1000

/** The longest time for which the archive may keep events, to replay them. */
export const maxArchiveDays = 30

/** How long a service keeps what recognizes an event that is delivered again, where it does not do so for good. */
export const recognizedDays = maxArchiveDays + 5
