import { parseArgs } from 'node:util'
import { lineLevels, type LineFilter } from './line-filter.ts'

export interface CommandLine {
  readonly assembly: string
  readonly dataDirectory: string
  readonly apiPort: number
  readonly webPort: number
  readonly awsPort: number
  readonly json: boolean
  readonly filter: LineFilter
  readonly reset: boolean
  /** @default no faults */
  readonly chaosSeed: number | undefined
  readonly help: boolean
}

export const usage = `Runs a synthesized CDK app on this machine.

Usage: cfn-local [options]

  --app DIR         the folder that \`cdk synth\` wrote        (default cdk.out)
  --data DIR        where all state is stored               (default .local)
  --port N          port of the HTTP API, 0 for a free one   (default 3000)
  --web-port N      port of the first CloudFront distribution, 0 for a free one (default 3001)
  --aws-port N      port of the AWS endpoint, 0 for a free one (default 4566)
  --json            print events as JSON lines
  --service NAME    print only lines of functions and resources with this part in their name; can be repeated
  --level LEVEL     print only warn (failures, warnings, denials, alarms) or error; default all
  --correlation ID  print only lines with this correlation id
  --reset           delete the state of earlier runs
  --chaos SEED      inject the faults that AWS documents, chosen by this number
  --help            print this help

Press Ctrl-C to stop.`

/** @throws Error with a message for the user */
export function parseCommandLine(argv: readonly string[]): CommandLine {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      app: { type: 'string', default: 'cdk.out' },
      data: { type: 'string', default: '.local' },
      port: { type: 'string', default: '3000' },
      'web-port': { type: 'string', default: '3001' },
      'aws-port': { type: 'string', default: '4566' },
      json: { type: 'boolean', default: false },
      service: { type: 'string', multiple: true },
      level: { type: 'string' },
      correlation: { type: 'string' },
      reset: { type: 'boolean', default: false },
      chaos: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  return {
    assembly: values.app,
    dataDirectory: values.data,
    apiPort: parsePort('--port', values.port),
    webPort: parsePort('--web-port', values['web-port']),
    awsPort: parsePort('--aws-port', values['aws-port']),
    json: values.json,
    filter: parseLineFilter(values),
    reset: values.reset,
    chaosSeed: values.chaos === undefined ? undefined : parseSeed(values.chaos),
    help: values.help,
  }
}

/** @throws Error naming the option that has no meaning */
export function parseLineFilter(options: {
  service?: readonly string[] | undefined
  level?: string | undefined
  correlation?: string | undefined
}): LineFilter {
  const { service: services, level: text, correlation: correlationId } = options
  const unnamed = services?.find((name) => !/[a-z0-9]/i.test(name))
  if (unnamed !== undefined) throw new Error(`--service must be part of a name, not ${JSON.stringify(unnamed)}.`)
  if (correlationId === '') throw new Error('--correlation must be a correlation id, not "".')
  const level = lineLevels.find((each) => each === text)
  if (text !== undefined && level === undefined)
    throw new Error(`--level must be one of ${lineLevels.join(', ')}, not ${JSON.stringify(text)}.`)
  return {
    ...(services && { services }),
    ...(level && { level }),
    ...(correlationId !== undefined && { correlationId }),
  }
}

/** @throws Error when the text is not a seed */
export function parseSeed(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw new Error(`--chaos must be a number from 0 to 999999999, not ${JSON.stringify(text)}.`)
}

/** @throws Error naming `what` when the text is not a port number */
export function parsePort(what: string, text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN
  if (!(port <= 65_535)) throw new Error(`${what} must be a port number from 0 to 65535, not ${JSON.stringify(text)}.`)
  return port
}
