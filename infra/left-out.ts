/**
 * Optional services that no stage deploys. To leave one out, add its name here. Its routes, consumers, alarms and graphs
 * disappear with it, and so do other services' consumers of its events. The build reads this list too, without the CDK.
 */
export const leftOut: readonly string[] = []
