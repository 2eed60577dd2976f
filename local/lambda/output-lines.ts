import type { Readable } from 'node:stream'

/**
 * Splits the output of an environment into lines and reports when the output of an invocation is complete: the runtime
 * client ends it with a mark and its reply on a line of its own (or at the end of an unfinished line).
 * @param to.endMark of the running invocation
 * @param to.onEnd gets the text after the mark
 */
export function readOutput(
  source: Readable,
  to: { onLine: (line: string) => void; endMark: () => string; onEnd: (reply: string) => void },
): void {
  let unfinished: string[] = []
  const take = (line: string) => {
    const mark = line.includes('\0') ? line.indexOf(to.endMark()) : -1
    const text = mark < 0 ? line : line.slice(0, mark)
    if (text !== '') to.onLine(text)
    if (mark >= 0) to.onEnd(line.slice(mark + to.endMark().length))
  }
  const takeUnfinished = () => {
    const line = unfinished.join('')
    unfinished = []
    take(line)
  }
  source.setEncoding('utf8')
  source.on('data', (chunk: string) => {
    const [first, ...lines] = chunk.split('\n') as [string, ...string[]]
    unfinished.push(first)
    if (lines.length === 0) return
    takeUnfinished()
    unfinished.push(lines.pop()!)
    for (const line of lines) take(line)
  })
  source.on('end', takeUnfinished)
}
