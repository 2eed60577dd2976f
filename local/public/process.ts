/** The part of the local system that a command needs first; the system itself takes longer to load. */
export { parseLineFilter, parsePort, parseSeed } from '../system/command-line.ts'
export { makeDataDirectory } from '../system/data-version.ts'
export { onOutputClosed, watchParent } from '../system/parent-watch.ts'
