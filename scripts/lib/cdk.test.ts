import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isCurrent, markAsCurrent } from './cdk.ts'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'synthesis-'))
})
afterEach(() => rmSync(directory, { recursive: true }))

const synthesize = (stage: string) => writeFileSync(join(directory, 'manifest.json'), JSON.stringify({ stage }))

test('an assembly is current only for the inputs that it was synthesized from', () => {
  expect(isCurrent(directory, 'dev 1')).toBe(false)
  synthesize('dev')
  expect(isCurrent(directory, 'dev 1')).toBe(false)
  markAsCurrent(directory, 'dev 1')
  expect(isCurrent(directory, 'dev 1')).toBe(true)
  expect(isCurrent(directory, 'dev 2')).toBe(false)
})

test('an assembly is not current after another command has synthesized into its folder', () => {
  synthesize('dev')
  markAsCurrent(directory, 'dev 1')
  synthesize('prod')
  expect(isCurrent(directory, 'dev 1')).toBe(false)
})
