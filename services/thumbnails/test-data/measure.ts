import { readFileSync } from 'node:fs'
import { sharpThumbnails } from '../adapters/sharp-thumbnails.ts'

/** Creates thumbnails of the given files sequentially, as a warm function does, and prints the resource usage. */
const cpuMs: number[] = []
for (const file of process.argv.slice(2)) {
  const before = process.cpuUsage()
  const made = await sharpThumbnails.make(readFileSync(file))
  if (!made.ok) throw new Error(`${file} was rejected: ${made.failure}.`)
  const { user, system } = process.cpuUsage(before)
  cpuMs.push(Math.round((user + system) / 1000))
}
console.log(JSON.stringify({ cpuMs, maxResidentMegabytes: Math.round(maxResidentKilobytes() / 1024) }))

/** On Linux `maxRSS` includes the process that started this one; VmHWM is the high-water mark of this process alone. */
function maxResidentKilobytes(): number {
  if (process.platform !== 'linux') return process.resourceUsage().maxRSS
  const [, kilobytes] = readFileSync('/proc/self/status', 'utf8').match(/^VmHWM:\s+(\d+) kB$/m)!
  return Number(kilobytes)
}
