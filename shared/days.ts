export const daySeconds = 24 * 60 * 60
export const dayMs = daySeconds * 1000

/**
 * How long a copy of personal data is kept after it was deleted, at most: the time of the table's backups, which are what
 * everything else must not exceed.
 */
export const deletedDataDays = 35

/** The longest time for which the archive may keep events, to replay them. */
export const maxArchiveDays = 30

/** How long the bucket of unpublished events keeps a record, to publish it after a fix. */
export const unpublishedDays = 30

/** How long a service stores the ids of handled events, unless it does so indefinitely: by them it recognizes duplicates. */
export const recognizedDays = maxArchiveDays + 5
