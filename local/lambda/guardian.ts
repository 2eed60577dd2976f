import { spawn, type ChildProcess } from 'node:child_process'

/**
 * Keeps the process groups that it is told of, and kills those that are left when its standard input ends, which it
 * does when the host is gone, however it went. Functions also notice that by themselves, unless they are in a busy loop.
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

/** A shell (1 MB) that outlives the host just long enough to end the execution environments that the host left behind. */
export class Guardian {
  readonly #pids = new Set<number>()
  #shell: ChildProcess | undefined

  watch(pid: number): void {
    this.#pids.add(pid)
    if (this.#shell) this.#tell(`+ ${pid}`)
    else this.#start()
  }

  forget(pid: number): void {
    this.#pids.delete(pid)
    this.#tell(`- ${pid}`)
  }

  stop(): void {
    const shell = this.#shell
    this.#shell = undefined
    shell?.stdin!.end()
  }

  #start(): void {
    // In a group of its own: what the terminal sends to the host's group on Ctrl-C must not reach it.
    const shell = spawn('/bin/sh', ['-c', script], { stdio: ['pipe', 'ignore', 'ignore'], env: {}, detached: true })
    shell.unref()
    // A write to a shell that was killed fails; its exit, which comes as well, starts another.
    shell.stdin.on('error', () => {})
    shell.on('exit', () => {
      if (this.#shell !== shell) return
      this.#shell = undefined
      if (this.#pids.size > 0) this.#start()
    })
    this.#shell = shell
    for (const pid of this.#pids) this.#tell(`+ ${pid}`)
  }

  #tell(line: string): void {
    this.#shell?.stdin!.write(`${line}\n`)
  }
}
