import { readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { execa } from 'execa'
import { newFolder } from '#test/support/new-folder.ts'
import { findBrowser, launchBrowser, missingBrowser } from './browser.ts'

const folder = newFolder()

test('a browser is found by its usual name on the path', () => {
  writeFileSync(join(folder, 'google-chrome'), '')
  expect(findBrowser({ PATH: ['/nowhere', folder].join(delimiter) })).toBe(join(folder, 'google-chrome'))
})

test('CHROMIUM_PATH is the only one that counts', () => {
  const program = join(folder, 'own')
  writeFileSync(program, '')
  expect(findBrowser({ CHROMIUM_PATH: program, PATH: folder })).toBe(program)
  for (const other of [join(folder, 'missing'), folder]) {
    expect(findBrowser({ CHROMIUM_PATH: other, PATH: folder })).toBeUndefined()
  }
})

test('without CHROMIUM_PATH, the message says how to install a browser', () => {
  expect(missingBrowser({})).toMatch(/^No Chromium or Chrome was found\. Install one .*CHROMIUM_PATH to its program\.$/)
})

test('what Playwright disables in Chromium stays disabled', async () => {
  const program = join(folder, 'arguments')
  writeFileSync(program, `#!/bin/sh\necho "$@" > ${program}.txt\n`, { mode: 0o755 })
  const before = process.env['CHROMIUM_PATH']
  process.env['CHROMIUM_PATH'] = program
  try {
    await expect(launchBrowser()).rejects.toThrow()
  } finally {
    if (before === undefined) delete process.env['CHROMIUM_PATH']
    else process.env['CHROMIUM_PATH'] = before
  }
  const lists = [...readFileSync(`${program}.txt`, 'utf8').matchAll(/--disable-features=(\S+)/g)]
  const [ofPlaywright, last, ...others] = lists.map(([, list]) => list!.split(','))
  expect(others).toEqual([])
  expect(last).toEqual(expect.arrayContaining(ofPlaywright!))
  expect(last).toContain('WebUIOmniboxPopup')
})

test.each(['scripts/commands/test-browser.ts', 'scripts/commands/screenshots.ts', 'test/browser/check-browser.ts'])(
  'with a CHROMIUM_PATH that is no file, %s starts no system and names both in one line',
  async (command) => {
    const program = join(folder, 'missing')
    const env = { CHROMIUM_PATH: program }
    const { exitCode, all } = await execa(process.execPath, [command], {
      env,
      all: true,
      reject: false,
    })
    expect({ exitCode, all }).toEqual({
      exitCode: 1,
      all: `CHROMIUM_PATH names ${program}, which is not a file: set it to the program of a Chromium or Chrome, or unset it.`,
    })
  },
)

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
