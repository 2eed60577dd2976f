import { spawnSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { newFolder } from '#test/support/new-folder.ts'
import { whileLocked } from './assembly-lock.ts'

let directory: string
let lock: string
beforeEach(() => {
  directory = newFolder()
  lock = join(directory, 'synth.lock')
})

/** The id of a process that has ended. */
const endedProcess = () => spawnSync(process.execPath, ['--version']).pid
/** One that runs as long as this test. */
const runningProcess = process.ppid

test('two processes write one after the other, and leave no lock', async () => {
  const steps: string[] = []
  const writing = (name: string) => async () => {
    steps.push(`${name} begins`)
    await new Promise(setImmediate)
    steps.push(`${name} ends`)
  }
  await Promise.all(['first', 'second'].map((name) => whileLocked(directory, writing(name))))
  expect(steps).toEqual(['first begins', 'first ends', 'second begins', 'second ends'])
  expect(existsSync(lock)).toBe(false)
})

test('a failure releases the lock', async () => {
  await expect(whileLocked(directory, () => Promise.reject(new Error('does not compile')))).rejects.toThrow('compile')
  expect(existsSync(lock)).toBe(false)
})

test('the lock of a process that was killed is ignored', async () => {
  writeFileSync(lock, String(endedProcess()))
  writeFileSync(join(directory, `read.${endedProcess()}.1.lock`), '')
  const write = jest.fn(async () => {})
  await whileLocked(directory, write)
  expect(write).toHaveBeenCalledTimes(1)
})

test('waiting for another process can be cancelled', async () => {
  writeFileSync(lock, String(runningProcess))
  const write = jest.fn(async () => {})
  const cancelled = new AbortController()
  const waiting = whileLocked(directory, write, cancelled.signal)
  cancelled.abort()
  await expect(waiting).rejects.toThrow('aborted')
  expect(write).not.toHaveBeenCalled()
  expect(existsSync(lock)).toBe(true)
})

test('nothing is written while the CDK CLI deploys the folder', async () => {
  writeFileSync(join(directory, `read.${runningProcess}.1.lock`), '')
  const write = jest.fn(async () => {})
  await expect(whileLocked(directory, write)).rejects.toThrow(`Process ${runningProcess} is deploying ${directory}.`)
  expect(write).not.toHaveBeenCalled()
})

test('the CDK CLI refuses a folder into which this process writes', async () => {
  await whileLocked(directory, async () => {
    const cli = join(import.meta.dirname, '../../../node_modules/.bin/cdk')
    const args = [cli, 'synth', '--app', `${process.execPath} --version`, '--output', directory, '--no-notices']
    const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
    expect(stderr).toContain(`PID=${process.pid}`)
    expect(status).toBe(1)
  })
})
