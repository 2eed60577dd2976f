import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { isAlive, until } from './testing.ts'

test('a killed host leaves no function process running, neither an idle one nor one in a busy loop', async () => {
  const script = fileURLToPath(new URL('./fixtures/host.ts', import.meta.url))
  const host = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [output] = (await once(host.stdout, 'data')) as [Buffer]
  const pids = output.toString().trim().split(' ').map(Number)
  expect(pids).toHaveLength(2)
  expect(pids.map(isAlive)).toEqual([true, true])
  host.kill('SIGKILL')
  await until(() => !pids.some(isAlive))
})
