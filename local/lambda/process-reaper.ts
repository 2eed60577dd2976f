import { spawn } from 'node:child_process'
import type { Writable } from 'node:stream'

/**
 * Reads process groups to add or remove, and kills the remaining ones when its standard input ends, which it does when
 * the host exits for any reason. Functions detect that exit by themselves as well, unless they are in a busy loop.
 */
const script = `
trap '' INT TERM HUP
alive=' '
while read -r change pid; do
  case $change in
    +) alive="$alive$pid " ;;
    -) alive="\${alive%% $pid *} \${alive#* $pid }" ;;
  esac
done
for pid in $alive; do kill -s KILL -- "-$pid"; done
`

/** A shell (1 MB) that outlives the host just long enough to kill the execution environments that it left behind. */
export class ProcessReaper {
  #shell: Writable | undefined

  add(pid: number): void {
    // Windows has no such shell: functions detect the exit of the host by themselves.
    if (process.platform !== 'win32') this.#shell ??= startShell()
    this.#shell?.write(`+ ${pid}\n`)
  }

  remove(pid: number): void {
    this.#shell?.write(`- ${pid}\n`)
  }

  stop(): void {
    this.#shell?.end()
    this.#shell = undefined
  }
}

function startShell(): Writable {
  // In a separate process group: a Ctrl-C that the terminal sends to the host's group must not reach it.
  const shell = spawn('/bin/sh', ['-c', script], { stdio: ['pipe', 'ignore', 'ignore'], env: {}, detached: true })
  shell.unref()
  // A write to a shell that was killed fails: functions end by themselves then, as on Windows.
  shell.stdin.on('error', () => {})
  return shell.stdin
}
