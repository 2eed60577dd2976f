import type { LocalLine } from './line.ts'

type Paint = (text: string) => string
const plain: Paint = (text) => text
const escape =
  (code: number): Paint =>
  (text) =>
    `\x1b[${code}m${text}\x1b[0m`
const paints = { dim: escape(2), red: escape(31), yellow: escape(33), green: escape(32), cyan: escape(36) }
const noPaints = { dim: plain, red: plain, yellow: plain, green: plain, cyan: plain }

/** @returns one line of text, or undefined for what only `--json` shows */
export function formatLine(line: LocalLine, options: { color: boolean }): string | undefined {
  const paint = options.color ? paints : noPaints
  const { dim, red, yellow, cyan } = paint
  switch (line.kind) {
    case 'invocation': {
      // A warm invocation without messages, such as a poller that found nothing to do; it is in the function's log.
      if (line.correlationIds.length === 0 && line.messages.length === 0 && !line.error && !line.cold) return undefined
      const start = line.cold ? yellow('cold') : dim('warm')
      const columns = [
        clockTime(line.time),
        line.functionName.padEnd(44),
        `${line.durationMs.toFixed(0)} ms`.padStart(9),
        start,
      ]
      return [
        dim(columns[0]!),
        ...columns.slice(1),
        cyan(line.correlationIds.join(' ')),
        shortened(line.messages.join('; ')),
        ...(line.error ? [red(line.error)] : []),
        ...(line.place === undefined ? [] : [dim(line.place)]),
      ]
        .join('  ')
        .trimEnd()
    }
    case 'request':
      // Responses of a function are shown as its invocation; this shows what the API rejected itself.
      if (line.reason === undefined) return undefined
      return `${dim(clockTime(line.atMs))}  ${yellow(`${line.method} ${line.path} ${line.status}`)}  ${line.reason}`
    case 'denied': {
      const who = line.functionName ?? describe(line.principal)
      return `${dim(clockTime(line.time))}  ${red(`denied: ${who} may not ${line.action} on ${line.resource}`)}  ${line.why}`
    }
    case 'dead-letter': {
      const what = `${line.queueName} holds ${line.messages} message${line.messages === 1 ? '' : 's'} from ${line.deadLetterOf.join(', ')}`
      return `${dim(clockTime(line.time))}  ${red(`dead letter: ${what}`)}  ${pageOf(line)}`
    }
    case 'alarm':
      return alarmLine(line, paint)
    case 'warning':
      return `${dim(clockTime(line.time))}  ${yellow(line.text)}`
    case 'not-emulated':
      return `${dim(clockTime(line.time))}  ${yellow(`not emulated: ${line.what}`)}`
    default:
      return line satisfies never
  }
}

/** An alarm is shown when it enters and leaves ALARM, not when it first changes to OK. */
function alarmLine(
  line: Extract<LocalLine, { kind: 'alarm' }>,
  { dim, red, green }: typeof noPaints,
): string | undefined {
  const about = line.description === undefined ? line.reason : firstSentence(line.description)
  if (line.state === 'ALARM') return `${dim(clockTime(line.time))}  ${red(`alarm: ${line.name}`)}  ${about}`
  if (line.before !== 'ALARM') return undefined
  return `${dim(clockTime(line.time))}  ${green(`alarm ended: ${line.name} is ${line.state}`)}  ${about}`
}

/** Descriptions contain links to runbooks; the terminal has one line. */
const firstSentence = (text: string) => shortened(text.split('\n', 1)[0]!)

/** Truncates text to the width of a wide terminal; the logs contain all of it. */
const shortened = (text: string) => (text.length > 100 ? `${text.slice(0, 99)}…` : text)

/** `toLocaleTimeString` creates a formatter for each call, which takes 0.1 ms of every printed line. */
const clockFormat = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium', hour12: false })
const clockTime = (timeMs: number) => clockFormat.format(timeMs)

const describe = (principal: Extract<LocalLine, { kind: 'denied' }>['principal']) =>
  principal.kind === 'service' ? `${principal.service} for ${principal.sourceArn}` : principal.kind

/** Where the endpoint shows the messages of a queue. */
const pageOf = ({ queueUrl, queueName }: Extract<LocalLine, { kind: 'dead-letter' }>) =>
  `${new URL(queueUrl).origin}/queues/${queueName}`
