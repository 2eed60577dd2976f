import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { execa } from 'execa'
import { findBrowser, howToInstall } from './browser.ts'

const folder = mkdtempSync(join(tmpdir(), 'browser-'))
afterAll(() => rmSync(folder, { recursive: true }))

test('a browser is found by its usual name on the path', () => {
  writeFileSync(join(folder, 'google-chrome'), '')
  expect(findBrowser({ PATH: ['/nowhere', folder].join(delimiter) })).toBe(join(folder, 'google-chrome'))
})

test('CHROMIUM_PATH is the only one that counts', () => {
  const program = join(folder, 'own')
  writeFileSync(program, '')
  expect(findBrowser({ CHROMIUM_PATH: program, PATH: folder })).toBe(program)
  expect(findBrowser({ CHROMIUM_PATH: join(folder, 'missing'), PATH: folder })).toBeUndefined()
})

test.each(['test-browser', 'screenshots'])('without a browser, %s starts no system', async (name) => {
  const env = { CHROMIUM_PATH: join(folder, 'missing') }
  const { exitCode, all } = await execa(process.execPath, [`scripts/commands/${name}.ts`], {
    env,
    all: true,
    reject: false,
  })
  expect({ exitCode, all }).toEqual({ exitCode: 1, all: howToInstall })
})

test('the outputs of a deployment are read before its tests begin', async () => {
  const args = ['scripts/commands/test-browser.ts', '--outputs', 'missing.json']
  const program = join(folder, 'own')
  writeFileSync(program, '')
  const { exitCode, all } = await execa(process.execPath, args, {
    env: { CHROMIUM_PATH: program },
    all: true,
    reject: false,
  })
  expect(exitCode).toBe(1)
  expect(all).toMatch(/^File missing\.json does not exist\..*$/)
})
