import { parseCommandLine } from './command-line.ts'

test('every option has a default', () => {
  expect(parseCommandLine([])).toEqual({
    assembly: 'cdk.out',
    dataDirectory: '.local',
    apiPort: 3000,
    awsPort: 4566,
    json: false,
    reset: false,
    help: false,
  })
})

test('options are read', () => {
  const argv = ['--app', 'out', '--data', '/tmp/x', '--port', '0', '--aws-port=65535', '--json', '--reset']
  expect(parseCommandLine(argv)).toMatchObject({
    assembly: 'out',
    dataDirectory: '/tmp/x',
    apiPort: 0,
    awsPort: 65_535,
    json: true,
    reset: true,
  })
})

test.each([
  [['--colour'], '--colour'],
  [['extra'], 'extra'],
  [['--port', 'http'], '--port must be a port number from 0 to 65535, not "http"'],
  [['--aws-port', '65536'], '--aws-port'],
  [['--port', ''], '--port'],
  [['--port=-1'], '--port'],
  [['--port'], '--port'],
])('%j is refused by name', (argv, message) => {
  expect(() => parseCommandLine(argv)).toThrow(message)
})
