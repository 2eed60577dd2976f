import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { isAlive } from '#test/commands/command.ts'
import { eventually } from './api-client.ts'

const module = JSON.stringify(join(import.meta.dirname, 'process-group.ts'))

/** Each group writes its process id to the standard error. */
const twoGroups = `import { runGroup } from ${module}
const waits = ['--eval', 'console.error(process.pid); setInterval(() => {}, 1000)']
const options = { cwd: process.cwd(), env: {}, limitSeconds: 600 }
await Promise.all([runGroup(waits, options), runGroup(waits, options)])`

const running: number[] = []
afterEach(() => running.filter(isAlive).forEach((pid) => process.kill(pid, 'SIGKILL')))

test.each(['SIGINT', 'SIGTERM'] as const)('%s stops all groups that run at the time', async (signal) => {
  const caller = spawn(process.execPath, ['--input-type=module', '--eval', twoGroups], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const exit = once(caller, 'exit')
  let written = ''
  caller.stderr.on('data', (chunk: Buffer) => (written += chunk))
  await eventually('both groups to run', async () => /^\d+\n\d+\n$/.test(written))
  running.push(...written.trim().split('\n').map(Number))
  caller.kill(signal)
  expect((await exit)[0]).toBe(130)
  await eventually('both groups to end', async () => !running.some(isAlive), 10_000)
})
