import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/**
 * MiB that a process and all its descendants hold resident. Pages that processes share, the Node binary above all, are
 * counted once if the kernel reports it (Linux, proportional set size), otherwise once for each process.
 */
export function residentMebibytes(processId: number): number {
  return (
    family(processId).reduce((sum, member) => sum + (proportionalKibibytes(member.id) ?? member.kibibytes), 0) / 1024
  )
}

function family(processId: number): { id: number; kibibytes: number }[] {
  const rows = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,rss='], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((row) => row.trim().split(/\s+/).map(Number) as [number, number, number])
  const members = new Set([processId])
  for (let size = 0; size !== members.size;) {
    size = members.size
    for (const [id, parentId] of rows) if (members.has(parentId)) members.add(id)
  }
  return rows.filter(([id]) => members.has(id)).map(([id, , kibibytes]) => ({ id, kibibytes }))
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
