/** Levels in the order of their detail, the most detailed first. */
const levels = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'] as const
export type LogLevel = (typeof levels)[number]

/**
 * Where and how a function logs. Only the JSON format has levels: "To use log-level filtering, your function must be
 * configured to use the JSON log format"; both are INFO by default (Lambda Developer Guide, "Log-level filtering").
 */
export interface LoggingConfiguration {
  readonly group: string
  readonly format: 'Text' | 'JSON'
  /** Of Lambda's own lines. */
  readonly systemLevel: LogLevel
  /** Of the lines that the function writes. */
  readonly applicationLevel: LogLevel
}

const members = new Set(['LogGroup', 'LogFormat', 'SystemLogLevel', 'ApplicationLogLevel'])

/** @param fail throws an Error that names the function */
export function readLogging(
  config: Record<string, any>,
  functionName: string,
  fail: (problem: string) => never,
): LoggingConfiguration {
  const unknown = Object.keys(config).find((name) => !members.has(name))
  if (unknown !== undefined) fail(`sets LoggingConfig.${unknown}, which is not emulated`)
  const { LogGroup = `/aws/lambda/${functionName}`, LogFormat = 'Text' } = config
  if (LogFormat !== 'Text' && LogFormat !== 'JSON') fail(`has the LogFormat ${LogFormat}; it must be Text or JSON`)
  const level = (name: string, allowed: readonly LogLevel[]): LogLevel => {
    const value = config[name] ?? 'INFO'
    if (config[name] !== undefined && LogFormat !== 'JSON') fail(`has a ${name}, which requires the LogFormat JSON`)
    if (!allowed.includes(value)) fail(`has the ${name} ${value}; it must be one of ${allowed.join(', ')}`)
    return value
  }
  return {
    group: LogGroup,
    format: LogFormat,
    systemLevel: level('SystemLogLevel', ['DEBUG', 'INFO', 'WARN']),
    applicationLevel: level('ApplicationLogLevel', levels),
  }
}

/** Whether a line of a level is logged where another level is configured. */
export const isLogged = (level: LogLevel, configured: LogLevel): boolean =>
  levels.indexOf(level) >= levels.indexOf(configured)

/**
 * The level of a line that a function wrote. "If the level value field is invalid or missing, Lambda will assign the log
 * output the level INFO" ("Log-level filtering").
 */
export function levelOf(line: string): LogLevel {
  if (!line.startsWith('{')) return 'INFO'
  try {
    const level = String(JSON.parse(line).level).toUpperCase()
    return levels.find((known) => known === level) ?? 'INFO'
  } catch {
    // A line that only looks like JSON is plain text.
    return 'INFO'
  }
}
