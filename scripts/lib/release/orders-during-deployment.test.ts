import { randomUUID } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eventually } from '../api-client.ts'
import { runInBackground, withOrders, type BackgroundOrders } from './orders-during-deployment.ts'

function orders() {
  const counts = { stops: 0 }
  const background: BackgroundOrders = {
    async stop() {
      counts.stops++
      return { ok: false, summary: '3 of 4 calls failed.' }
    },
  }
  return { counts, background }
}

test('orders stop after the deployment and are reported', async () => {
  const { counts, background } = orders()
  expect(await withOrders(background, async () => counts.stops)).toEqual({
    result: 0,
    report: { ok: false, summary: '3 of 4 calls failed.' },
  })
  expect(counts.stops).toBe(1)
})

test('orders stop when the deployment throws', async () => {
  const { counts, background } = orders()
  const failing = async () => {
    throw new Error('no cdk')
  }
  await expect(withOrders(background, failing)).rejects.toThrow('no cdk')
  expect(counts.stops).toBe(1)
})

test('a deployment without orders has no report of them', async () => {
  expect(await withOrders(undefined, async () => 7)).toEqual({ result: 7, report: undefined })
})

describe('the command that places the orders', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'orders-'))
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  /** Runs a program in place of the command until it has written a file, and stops it. */
  async function reportOf(program: string) {
    const started = join(folder, randomUUID())
    const script = `${program}; require('node:fs').writeFileSync(${JSON.stringify(started)}, '')`
    const background = runInBackground(['-e', script], join(folder, 'log'))
    await eventually('the program to start', async () => existsSync(started))
    return background.stop()
  }

  const untilSignal = (code: number) => `process.on('SIGINT', () => { console.log('summary'); process.exit(${code}) })`

  test('is stopped and reports its result', async () => {
    const waiting = 'setInterval(() => {}, 1000)'
    expect(await reportOf(`${untilSignal(0)}; ${waiting}`)).toEqual({ ok: true, summary: 'summary' })
    expect(await reportOf(`${untilSignal(1)}; ${waiting}`)).toEqual({ ok: false, summary: 'summary' })
  })

  test('is healthy when the deployment is complete before it handles signals', async () => {
    expect(await reportOf('setInterval(() => {}, 1000)')).toEqual({ ok: true, summary: '' })
  })

  test('is not healthy when it is killed while it waits for its last orders', async () => {
    const killed = "process.on('SIGINT', () => process.kill(process.pid, 'SIGKILL')); setInterval(() => {}, 1000)"
    expect(await reportOf(killed)).toMatchObject({ ok: false, summary: expect.stringContaining('SIGKILL') })
  })

  test.each(['SIGKILL', 'SIGTERM', 'SIGINT'])('is not healthy when %s ended it before', async (signal) => {
    const script = `console.log(process.pid); process.kill(process.pid, '${signal}'); setInterval(() => {}, 1000)`
    const background = runInBackground(['-e', script], join(folder, 'log'))
    await eventually('its end', async () => hasEnded(readFileSync(join(folder, 'log'), 'utf8')))
    expect(await background.stop()).toMatchObject({ ok: false, summary: expect.stringContaining(`ended by ${signal}`) })
  })
})

function hasEnded(processId: string): boolean {
  if (processId === '') return false
  try {
    return !process.kill(Number(processId), 0)
  } catch {
    return true
  }
}
