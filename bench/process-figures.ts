import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

interface Process {
  readonly id: number
  readonly kibibytes: number
  readonly seconds: number
}

interface Memory {
  readonly processMebibytes: number
  /** Of each descendant; the small ones, such as a shell, are left out. */
  readonly childrenMebibytes: readonly number[]
}

const smallMebibytes = 5

/**
 * The memory that a process and its descendants hold resident. Pages that processes share, the Node binary above all, are
 * divided among them if the kernel reports it (Linux, proportional set size), otherwise counted for each process.
 */
export function residentMemory(processId: number): Memory {
  const [self, ...descendants] = family(processId)
  return {
    processMebibytes: mebibytes(self!),
    childrenMebibytes: descendants.map(mebibytes).filter((size) => size > smallMebibytes),
  }
}

const mebibytes = ({ id, kibibytes }: Process) => (proportionalKibibytes(id) ?? kibibytes) / 1024

/** Processor time of a process and its descendants, those that have ended included if the process waited for them. */
export function processorSeconds(processId: number): number {
  return family(processId).reduce((sum, { seconds }) => sum + seconds, 0)
}

/** The process first. */
function family(processId: number): Process[] {
  const rows = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,rss=,time='], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((row) => row.trim().split(/\s+/))
    .map(([id, parentId, kibibytes, time]) => ({
      id: Number(id),
      parentId: Number(parentId),
      kibibytes: Number(kibibytes),
      seconds: preciseSeconds(Number(id)) ?? secondsOf(time!),
    }))
  const members = new Set([processId])
  for (let size = 0; size !== members.size;) {
    size = members.size
    for (const { id, parentId } of rows) if (members.has(parentId)) members.add(id)
  }
  return rows
    .filter(({ id }) => members.has(id))
    .toSorted((a, b) => Number(b.id === processId) - Number(a.id === processId))
}

/** `[[dd-]hh:]mm:ss` */
const secondsOf = (time: string): number =>
  time
    .split(/[-:]/)
    .map(Number)
    .reduce((sum, part) => sum * 60 + part, 0)

/** Linux reports hundredths of a second: of the process in user and in kernel mode, then of its ended children. */
function preciseSeconds(processId: number): number | undefined {
  try {
    const fields = readFileSync(`/proc/${processId}/stat`, 'utf8').split(') ')[1]!.split(' ')
    return fields.slice(11, 15).reduce((sum, hundredths) => sum + Number(hundredths), 0) / 100
  } catch {
    // Not Linux, or the process has just ended.
    return undefined
  }
}

function proportionalKibibytes(processId: number): number | undefined {
  try {
    const match = /^Pss:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${processId}/smaps_rollup`, 'utf8'))
    return match ? Number(match[1]) : undefined
  } catch {
    // Not Linux, or the process has just ended.
    return undefined
  }
}
