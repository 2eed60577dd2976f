import { spawn, type ChildProcess } from 'node:child_process'

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
  readonly #pids = new Set<number>()
  #shell: ChildProcess | undefined

  add(pid: number): void {
    this.#pids.add(pid)
    if (this.#shell) this.#send(`+ ${pid}`)
    else this.#start()
  }

  remove(pid: number): void {
    this.#pids.delete(pid)
    this.#send(`- ${pid}`)
  }

  stop(): void {
    const shell = this.#shell
    this.#shell = undefined
    shell?.stdin!.end()
  }

  #start(): void {
    // Windows has no such shell: functions detect the exit of the host by themselves.
    if (process.platform === 'win32') return
    // In a separate process group: a Ctrl-C that the terminal sends to the host's group must not reach it.
    const shell = spawn('/bin/sh', ['-c', script], { stdio: ['pipe', 'ignore', 'ignore'], env: {}, detached: true })
    shell.unref()
    // A write to a shell that was killed fails; the exit event starts another shell.
    shell.stdin.on('error', () => {})
    shell.on('exit', () => {
      if (this.#shell !== shell) return
      this.#shell = undefined
      if (this.#pids.size > 0) this.#start()
    })
    this.#shell = shell
    for (const pid of this.#pids) this.#send(`+ ${pid}`)
  }

  #send(line: string): void {
    this.#shell?.stdin!.write(`${line}\n`)
  }
}
