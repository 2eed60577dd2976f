import { spawn, type ChildProcessByStdio } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { usage } from '../system/command-line.ts'
import { newFolder } from './folders.ts'
import { synthesizeLibrary } from './library/app.ts'
import { testOnTerminal } from './terminal.ts'

const cli = join(import.meta.dirname, '..', 'cli.ts')
const assembly = synthesizeLibrary(newFolder())
const dataDirectory = newFolder()
type Child = ChildProcessByStdio<Writable, Readable, Readable>
const running: Child[] = []

afterAll(() => {
  for (const child of running) child.kill('SIGKILL')
})

interface Started {
  readonly child: Child
  readonly ended: Promise<number | null>
  stdout(): string
  stderr(): string
}

function start(args: readonly string[], command = process.execPath, before: readonly string[] = [cli]): Started {
  const child = spawn(command, [...before, ...args], { stdio: ['pipe', 'pipe', 'pipe'] })
  running.push(child)
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk))
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk))
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  return { child, ended, stdout: () => stdout, stderr: () => stderr }
}

const common = ['--app', assembly, '--data', dataDirectory, '--port', '0', '--web-port', '0', '--aws-port', '0']

/** Waits until the standard output satisfies the condition. @throws Error when the process ends before that, or is silent */
async function output(started: Started, isComplete: (stdout: string) => boolean): Promise<void> {
  const fail = () => {
    throw new Error(`The process ended: ${started.stdout()}${started.stderr()}`)
  }
  while (!isComplete(started.stdout())) {
    const silent = AbortSignal.timeout(30_000)
    await Promise.race([once(started.child.stdout, 'data', { signal: silent }), started.ended.then(fail)])
  }
}

const ready = (started: Started) => output(started, (stdout) => /ready.*\n/i.test(stdout))

test('--help lists the options', async () => {
  const started = start(['--help'])
  expect([await started.ended, started.stdout()]).toEqual([0, `${usage}\n`])
})

test.each([
  [['--color'], '--color'],
  [['--app', '/nowhere'], '/nowhere/manifest.json is missing'],
])('%j is rejected with a one-line message', async (args, name) => {
  const started = start([...(args.includes('--app') ? common.slice(2) : common), ...args])
  expect(await started.ended).toBe(1)
  expect(started.stderr().trim().split('\n')).toHaveLength(1)
  expect(started.stderr()).toContain(name)
})

test('SIGTERM and SIGINT stop it cleanly, and it starts again after SIGKILL', async () => {
  for (const signal of ['SIGKILL', 'SIGTERM', 'SIGINT'] as const) {
    const started = start(common)
    await ready(started)
    expect(started.stdout()).toContain('AWS::Kinesis::Stream is not supported: library-shelves/Turnstile')
    started.child.kill(signal)
    // npm forwards a signal of the terminal, so that it arrives twice.
    if (signal !== 'SIGKILL') started.child.kill(signal)
    expect(await started.ended).toBe(signal === 'SIGKILL' ? null : 0)
    expect(started.stderr()).toBe('')
  }
})

test('--json prints JSON lines', async () => {
  const started = start([...common, '--json'])
  await ready(started)
  const { apiEndpoint, outputsFile } = JSON.parse(started.stdout())
  expect((await fetch(`${apiEndpoint}/loans`, { method: 'POST' })).status).toBe(401)
  await output(started, (stdout) => stdout.split('\n').length > 2)
  expect(JSON.parse(started.stdout().trim().split('\n')[1]!)).toMatchObject({
    kind: 'request',
    path: '/loans',
    status: 401,
  })
  expect(JSON.parse(readFileSync(outputsFile, 'utf8')).Local.AwsEndpoint).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
  started.child.kill('SIGTERM')
  await started.ended
})

test('a name of --service that no function has is reported', async () => {
  const started = start([...common, '--service', 'desk', '--service', 'des'])
  await ready(started)
  started.child.kill('SIGTERM')
  expect(await started.ended).toBe(0)
  expect(started.stderr()).toBe(
    'No function has des in its name: --service des prints only lines of other resources.\n',
  )
})

test('it stops when its parent process ends', async () => {
  const shell = start([...common, '--json'], '/bin/sh', ['-c', `"$0" "$@" & wait`, process.execPath, cli])
  await ready(shell)
  shell.child.kill('SIGKILL')
  // The pipes close only when the system, which inherited them, has ended as well.
  await shell.ended
})

testOnTerminal('in a terminal, /text shows only the lines with that text, / all, and Ctrl-C stops', async () => {
  const command = [process.execPath, cli, ...common].map((part) => JSON.stringify(part)).join(' ')
  // Without `exec`, some shells stay as its parent and exit on Ctrl-C with a status of their own.
  const started = start([], 'script', ['-qec', `exec ${command}`, '/dev/null'])
  const type = async (input: string, response: string) => {
    started.child.stdin.write(`${input}\n`)
    await output(started, (stdout) => stdout.includes(response))
  }
  const call = (operation: string) => {
    const [, endpoint] = /AWS endpoint ([^,]+),/.exec(started.stdout())!
    return fetch(endpoint!, { method: 'POST', headers: { 'x-amz-target': `Turnstiles.${operation}` } })
  }
  await output(started, (stdout) => stdout.includes('Type /text and Enter'))
  await type('/count', 'Only lines with count are shown.')
  await call('Open')
  await call('Count')
  await type('/', 'All lines are shown.')
  await call('Close')
  await output(started, (stdout) => stdout.includes('Close of Turnstiles'))
  expect(started.stdout().match(/\w+(?= of Turnstiles)/g)).toEqual(['Count', 'Close'])
  started.child.stdin.write('\x03')
  expect(await started.ended).toBe(0)
  expect(started.stdout()).toContain('Stopped.')
})
