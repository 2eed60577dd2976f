import { newCommand, runCommand } from '../lib/command.ts'
import {
  definedEvents,
  recordedEvents,
  recordFile,
  recordProblems,
  saveRecord,
  unrecorded,
  writeEventsPage,
} from '../lib/events/recorded-events.ts'

const command = newCommand(
  'npm run events:record --',
  `
Writes the schemas of the events that the services define into services/<service>/events, one file per version, and
docs/events.md, which lists them. A recorded version may only gain optional fields; any other change is rejected and
requires a new version.
Exit code 0: all events are recorded; 1: a change was rejected, and nothing was written.`,
).action(async () => {
  const [defined, recorded] = [await definedEvents(), recordedEvents()]
  const problems = recordProblems(defined, recorded)
  for (const problem of problems) console.error(problem)
  if (problems.length > 0) {
    process.exitCode = 1
    return
  }
  const added = unrecorded(defined, recorded)
  for (const event of added) {
    saveRecord(event)
    console.log(`recorded ${recordFile(event)}`)
  }
  writeEventsPage()
  console.log(`${defined.length} events are recorded, ${added.length} of them new or changed.`)
})

await runCommand(command)
