/** The log group of a function, unless it is configured otherwise. */
export const logGroupOf = (functionName: string) => `/aws/lambda/${functionName}`

/** Lambda's layout of keys in an on-failure bucket: `aws/lambda/<mapping>/<shard>/<date>/…`. */
export const failurePrefix = 'aws/lambda/'

/** Where objects of that bucket are moved after their events were published. */
export const republishedPrefix = 'republished/'
