import { parseCommandLine } from './command-line.ts'

test('parseCommandLine gives every option a default', () => {
  expect(parseCommandLine([])).toEqual({
    assembly: 'cdk.out',
    dataDirectory: '.local',
    apiPort: 3000,
    webPort: 3001,
    awsPort: 4566,
    json: false,
    filter: {},
    reset: false,
    chaosSeed: undefined,
    help: false,
  })
})

test('parseCommandLine reads all options', () => {
  const argv = [
    ...'--app out --data /tmp/x --port 0 --aws-port=65535 --json'.split(' '),
    ...'--service desk --service=fines --level warn --correlation c-1 --reset --chaos 7'.split(' '),
  ]
  expect(parseCommandLine(argv)).toMatchObject({
    assembly: 'out',
    dataDirectory: '/tmp/x',
    apiPort: 0,
    awsPort: 65_535,
    json: true,
    filter: { services: ['desk', 'fines'], level: 'warn', correlationId: 'c-1' },
    reset: true,
    chaosSeed: 7,
  })
})

test.each([
  [['--color'], '--color'],
  [['extra'], 'extra'],
  [['--port', 'http'], '--port must be a port number from 0 to 65535, not "http"'],
  [['--aws-port', '65536'], '--aws-port'],
  [['--port', ''], '--port'],
  [['--port=-1'], '--port'],
  [['--port'], '--port'],
  [['--level', 'info'], '--level must be one of all, warn, error, not "info"'],
  [['--service', '-'], '--service'],
  [['--service='], '--service'],
  [['--correlation='], '--correlation'],
  [['--chaos', 'x'], '--chaos must be a number'],
])('parseCommandLine rejects %j and names the option', (argv, message) => {
  expect(() => parseCommandLine(argv)).toThrow(message)
})
