/** Where the relay stores records in the bucket of unpublished events. Lambda stores its own below another prefix. */
export const unpublishedPrefix = 'relay/'

/** Storing a record again replaces it. */
export const unpublishedKey = (recordId: string) => `${unpublishedPrefix}${recordId}.json`
