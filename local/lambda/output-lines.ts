import type { Readable } from 'node:stream'

/**
 * Splits the output of an environment into lines and reports when the output of an invocation is complete: the runtime
 * client ends it with NUL and the request id on a line of its own (or at the end of an unfinished line).
 */
export function readOutput(source: Readable, to: { onLine: (line: string) => void; onEnd: () => void }): void {
  let rest = ''
  const take = (line: string) => {
    const mark = line.indexOf('\0')
    const text = mark < 0 ? line : line.slice(0, mark)
    if (text !== '') to.onLine(text)
    if (mark >= 0) to.onEnd()
  }
  source.setEncoding('utf8')
  source.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop()!
    for (const line of lines) take(line)
  })
  source.on('end', () => take(rest))
}
