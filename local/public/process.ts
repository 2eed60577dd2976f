/** What a command line around the local system needs before the system, which takes longer to load. */
export { parseLineFilter, parsePort, parseSeed } from '../system/command-line.ts'
export { makeDataDirectory } from '../system/data-version.ts'
export { onOutputClosed, watchParent } from '../system/parent-watch.ts'
