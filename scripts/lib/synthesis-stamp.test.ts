import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isStamped, stampAssembly } from './synthesis-stamp.ts'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'cartwheel-stamp-'))
})
afterEach(() => rmSync(directory, { recursive: true }))

const synthesise = (stage: string) => writeFileSync(join(directory, 'manifest.json'), JSON.stringify({ stage }))

test('an assembly is current for the inputs it was made of, and for no others', () => {
  expect(isStamped(directory, 'dev 1')).toBe(false)
  synthesise('dev')
  expect(isStamped(directory, 'dev 1')).toBe(false)
  stampAssembly(directory, 'dev 1')
  expect(isStamped(directory, 'dev 1')).toBe(true)
  expect(isStamped(directory, 'dev 2')).toBe(false)
})

test('an assembly that somebody else wrote into the folder is not current', () => {
  synthesise('dev')
  stampAssembly(directory, 'dev 1')
  synthesise('prod')
  expect(isStamped(directory, 'dev 1')).toBe(false)
})
