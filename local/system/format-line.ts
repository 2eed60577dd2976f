import { styleText } from 'node:util'
import type { LocalLine } from './line.ts'

type Paint = (format: 'dim' | 'red' | 'yellow' | 'green' | 'cyan', text: string) => string

/** @returns one line of text, or undefined for what only `--json` shows */
export function formatLine(line: LocalLine, options: { color: boolean }): string | undefined {
  const paint: Paint = (format, text) => (options.color ? styleText(format, text, { validateStream: false }) : text)
  const text = textOf(line, paint)
  if (text === undefined) return undefined
  return `${paint('dim', clockFormat.format(line.kind === 'request' ? line.atMs : line.time))}  ${text}`
}

function textOf(line: LocalLine, paint: Paint): string | undefined {
  switch (line.kind) {
    case 'invocation': {
      // A warm invocation without messages, such as a poller that found nothing to do; it is in the function's log.
      if (line.correlationIds.length === 0 && line.messages.length === 0 && !line.error && !line.cold) return undefined
      return [
        line.functionName.padEnd(44),
        `${line.durationMs.toFixed(0)} ms`.padStart(9),
        line.cold ? paint('yellow', 'cold') : paint('dim', 'warm'),
        paint('cyan', line.correlationIds.join(' ')),
        shortened(line.messages.join('; ')),
        ...(line.error ? [paint('red', line.error.replaceAll(/\s+/g, ' '))] : []),
        ...(line.place === undefined ? [] : [paint('dim', line.place)]),
      ]
        .join('  ')
        .trimEnd()
    }
    case 'request':
      // Responses of a function are shown as its invocation; this shows what the API rejected itself.
      if (line.reason === undefined) return undefined
      return `${paint('yellow', `${line.method} ${line.path} ${line.status}`)}  ${line.reason}`
    case 'denied': {
      const { principal, action, resource } = line
      const service = principal.kind === 'service' ? `${principal.service} for ${principal.sourceArn}` : principal.kind
      const denied = `denied: ${line.functionName ?? service} may not ${action} on ${resource}`
      return `${paint('red', denied)}  ${line.why}`
    }
    case 'dead-letter': {
      const { queueName, messages, deadLetterOf } = line
      const letters = `${messages} message${messages === 1 ? '' : 's'} from ${deadLetterOf.join(', ')}`
      // Where the endpoint shows them.
      const page = `${new URL(line.queueUrl).origin}/queues/${queueName}`
      return `${paint('red', `dead letter: ${queueName} holds ${letters}`)}  ${page}`
    }
    case 'alarm': {
      // Descriptions contain links to runbooks; the terminal has one line.
      const about = line.description === undefined ? line.reason : shortened(line.description.split('\n', 1)[0]!)
      if (line.state === 'ALARM') return `${paint('red', `alarm: ${line.name}`)}  ${about}`
      // Not when it first changes to OK.
      if (line.before !== 'ALARM') return undefined
      return `${paint('green', `alarm ended: ${line.name} is ${line.state}`)}  ${about}`
    }
    case 'warning':
      return paint('yellow', line.text)
    case 'not-emulated':
      return paint('yellow', `not emulated: ${line.what}`)
    default:
      return line satisfies never
  }
}

/** Text on one line and no longer than a wide terminal; the logs contain all of it. */
function shortened(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ')
  return line.length > 100 ? `${line.slice(0, 99)}…` : line
}

/** `toLocaleTimeString` creates a formatter for each call, which takes 0.1 ms of every printed line. */
const clockFormat = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium', hour12: false })
