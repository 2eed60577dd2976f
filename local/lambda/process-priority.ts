import { writeFileSync } from 'node:fs'
import { constants, getPriority, setPriority } from 'node:os'

/** About half of the host's share. With less, functions would wait too long for other programs of this machine. */
const step = 3
const lowest = constants.priority.PRIORITY_LOW

/**
 * Lets the host run before a function's process when both have work. Everything waits for what the host serves, and the
 * more it accepts meanwhile, the larger are the batches of the functions behind queues (a tenth more orders per second).
 *
 * Linux may group the processes of each session, and every function has its own. A nice value then "has an effect only for
 * scheduling relative to other processes executed in the same session", and that of the group is in /proc/PID/autogroup
 * (sched(7)). From users without privileges the kernel accepts one such change per 100 ms.
 *
 * @param isRunning false once the process has ended, since its id may then be that of another one
 */
export function lowerPriority(pid: number, isRunning: () => boolean): void {
  if (!isRunning()) return
  try {
    setPriority(pid, Math.min(getPriority() + step, lowest))
    writeFileSync(`/proc/${pid}/autogroup`, String(step), { flag: 'r+' })
  } catch (error) {
    // After any other error the process has just ended, or the operating system has no such groups.
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') setTimeout(() => lowerPriority(pid, isRunning), 100).unref()
  }
}
