import { parseFlags, runScript } from '../lib/command.ts'
import {
  definedEvents,
  recordedEvents,
  recordFile,
  recordProblems,
  saveRecord,
  unrecorded,
  writeEventsPage,
} from '../lib/events/recorded-events.ts'

const help = `
npm run events:record

Writes the schemas of the events that the services define into docs/events, a file for each version, and the page that
lists them. A version that is recorded may only gain optional fields: anything else is refused by name, and needs a
raised version. Exit code 0: all is recorded; 1: something was refused, and nothing written.
`

await runScript(async () => {
  parseFlags({}, help)
  const [defined, recorded] = [await definedEvents(), recordedEvents()]
  const problems = recordProblems(defined, recorded)
  for (const problem of problems) console.error(problem)
  if (problems.length > 0) return 1
  const fresh = unrecorded(defined, recorded)
  for (const event of fresh) {
    saveRecord(event)
    console.log(`recorded ${recordFile(event)}`)
  }
  writeEventsPage()
  console.log(`${defined.length} events are recorded, ${fresh.length} of them now.`)
  return 0
})
