import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { watchParent } from './parent-watch.ts'

const module = JSON.stringify(join(import.meta.dirname, 'parent-watch.ts'))
const watching = `import { watchParent } from ${module}
watchParent(() => { console.log('ended'); process.exit() })
setTimeout(() => {}, 60_000)
console.log('watches')`

/** A parent, or a parent and a shell below it as npm starts one, above a process that watches. */
async function family(through: 'node' | 'npm') {
  const child = [process.execPath, '--input-type=module', '--eval', watching]
  const command = through === 'npm' ? ['/bin/sh', '-c', '"$@"; true', 'sh', ...child] : child
  const [program, ...args] = command
  const script = `require('node:child_process').spawn(${JSON.stringify(program)}, ${JSON.stringify(args)}, { stdio: 'inherit' })`
  const { npm_lifecycle_event: _script, ...env } = process.env
  const parent = spawn(process.execPath, ['--eval', script], {
    env: { ...env, ...(through === 'npm' ? { npm_lifecycle_event: 'start' } : {}) },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  parent.stdout.on('data', (chunk: Buffer) => (output += chunk))
  while (!output.includes('watches')) await once(parent.stdout, 'data')
  return { parent, output: () => output }
}

test.each(['node', 'npm'] as const)('the end of %s above the process is detected', async (through) => {
  const { parent, output } = await family(through)
  parent.kill('SIGKILL')
  // The pipe closes when the process that watches has ended.
  await once(parent.stdout, 'close')
  expect(output()).toBe('watches\nended\n')
})

test('a parent that runs is watched without a call', () => {
  let calls = 0
  const stop = watchParent(() => (calls += 1))
  stop()
  expect(calls).toBe(0)
})
