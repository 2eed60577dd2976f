/**
 * Captures the output of logger and metrics. Called at the top of a test file; `lines()` returns the lines of the
 * running test, oldest first.
 */
export function capturedLogs(): { lines(): Record<string, any>[]; text(): string } {
  let written: string[] = []
  const take = (chunk: unknown): boolean => {
    written.push(String(chunk))
    return true
  }
  beforeEach(() => {
    written = []
    jest.spyOn(process.stdout, 'write').mockImplementation(take)
    jest.spyOn(process.stderr, 'write').mockImplementation(take)
  })
  afterEach(() => {
    jest.restoreAllMocks()
  })
  const text = () => written.join('')
  return {
    text,
    lines: () =>
      text()
        .split('\n')
        .filter((line) => line.startsWith('{'))
        .map((line) => JSON.parse(line)),
  }
}

/** Keeps the lines of logger and metrics out of the output of the tests. Called at the top of a test file. */
export const silence = (): void => void capturedLogs()
