import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { watchParent } from './parent-watch.ts'

test('a parent that has exited before the watch begins is detected', async () => {
  const parent = spawn(process.execPath, ['--version'], { stdio: 'ignore' })
  await once(parent, 'exit')
  await new Promise<void>((resolve) => watchParent(resolve, parent.pid))
})

test('a parent that runs is watched without a call', () => {
  let calls = 0
  const stop = watchParent(() => (calls += 1))
  stop()
  expect(calls).toBe(0)
})
