import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { copyCheckout } from '#test/support/checkout.ts'
import { newFolder } from '#test/support/new-folder.ts'
import { appContext, isCurrent, markAsCurrent } from './cdk.ts'

let directory: string
beforeEach(() => (directory = newFolder()))

const dev = { stage: 'dev', inputs: '1', validated: false }
const synthesize = (stage: string) => writeFileSync(join(directory, 'manifest.json'), JSON.stringify({ stage }))

test('an assembly is current only for the inputs that it was synthesized from', () => {
  expect(isCurrent(directory, dev)).toBe(false)
  synthesize('dev')
  expect(isCurrent(directory, dev)).toBe(false)
  markAsCurrent(directory, dev)
  expect(isCurrent(directory, dev)).toBe(true)
  expect(isCurrent(directory, { ...dev, inputs: '2' })).toBe(false)
})

test('an assembly that was not validated cannot be deployed, and a validated one can be started', () => {
  const validated = { ...dev, validated: true }
  synthesize('dev')
  markAsCurrent(directory, dev)
  expect(isCurrent(directory, validated)).toBe(false)
  markAsCurrent(directory, validated)
  expect([dev, validated].map((each) => isCurrent(directory, each))).toEqual([true, true])
})

test('an assembly is not current after another command has synthesized into its folder', () => {
  synthesize('dev')
  markAsCurrent(directory, dev)
  synthesize('prod')
  expect(isCurrent(directory, dev)).toBe(false)
})

test('the app gets the context that the CDK command line passes to it', async () => {
  const root = join(import.meta.dirname, '../..')
  const app = join(directory, 'app.cjs')
  writeFileSync(
    app,
    `const { writeFileSync } = require('node:fs')
    writeFileSync(process.env.CDK_OUTDIR + '/context.json', process.env.CDK_CONTEXT_JSON)
    writeFileSync(process.env.CDK_OUTDIR + '/manifest.json', '{"version":"36.0.0"}')`,
  )
  const instead = ['--app', `node ${app}`, '--build', 'node --version', '--output', directory]
  // It fails afterwards, since that app has no stacks.
  await execa('node_modules/.bin/cdk', ['synth', '--quiet', '--no-notices', ...instead, '-c', 'stage=prod'], {
    cwd: root,
    reject: false,
  })
  const passed = JSON.parse(readFileSync(join(directory, 'context.json'), 'utf8'))
  // The CLI reports what the rules find; without it the app fails.
  const { '@aws-cdk/core:failSynthOnValidationErrors': _, ...context } = passed
  expect(context).toEqual(appContext({ stage: 'prod' }))
})

test('what was saved during a synthesis is synthesized again, and then nothing until the next change', async () => {
  const checkout = join(directory, 'checkout')
  copyCheckout(checkout)
  const runs = join(checkout, 'runs')
  // In place of the process that synthesizes: the first one ends after a file was saved.
  writeFileSync(
    join(checkout, 'scripts/lib/build/synthesize.ts'),
    `import { appendFileSync, existsSync, writeFileSync } from 'node:fs'
    if (!existsSync('runs')) appendFileSync('cdk.json', ' ')
    appendFileSync('runs', '.')
    writeFileSync(process.env.CDK_OUTDIR + '/manifest.json', '{}')`,
  )
  const synthesizeThere = () => execa(process.execPath, ['scripts/lib/cdk.ts'], { cwd: checkout })
  await synthesizeThere()
  expect(readFileSync(runs, 'utf8')).toBe('..')
  await synthesizeThere()
  expect(readFileSync(runs, 'utf8')).toBe('..')
})
