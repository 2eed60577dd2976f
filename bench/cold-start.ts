import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { execa } from 'execa'
import { quantile } from '#scripts/lib/quantile.ts'
import { templatesOf } from '#scripts/lib/templates.ts'
import type { Measurement } from './table.ts'

const root = join(import.meta.dirname, '..')
const tutorial = 'dist/.baseline/place-order.cjs'
const ours = 'dist/orders/place-order/index.mjs'

type Environment = Readonly<Record<string, string>>

/**
 * The init of every function that the stage dev deploys: the median time to import its bundle, above an empty one. The
 * rounds are interleaved, so that a busy moment of the machine affects all of them. The last measurement is the init of
 * place-order as a share of the same function written as tutorials do.
 */
export async function coldStarts({ rounds = 15 } = {}): Promise<Measurement[]> {
  await bundleBaseline()
  const environments = await functionEnvironments()
  const files = [...environments.keys()]
  const samples = new Map<string, number[]>(['', tutorial, ...files].map((file) => [file, []]))
  for (let round = 0; round < rounds; round += 1) {
    for (const [file, times] of samples)
      times.push(await initMs(file, environments.get(file === tutorial ? ours : file)))
  }
  const empty = quantile(samples.get('')!, 0.5)
  const median = (file: string) => quantile(samples.get(file)!, 0.5) - empty
  return [
    ...files.map((file) => ({ name: `init of ${nameOf(file)}`, value: median(file), unit: 'ms' })),
    { name: 'init of place-order as in tutorials', value: median(tutorial), unit: 'ms' },
    { name: 'init of place-order / as in tutorials', value: median(ours) / median(tutorial), unit: '×' },
  ]
}

/**
 * With the defaults of CDK's NodejsFunction for a runtime that contains the SDK: CommonJS, not minified, and the SDK not
 * bundled ("Externals": "By default, all node modules are bundled except for modules already available in the Lambda
 * runtime", aws-lambda-nodejs).
 */
async function bundleBaseline(): Promise<void> {
  await build({
    absWorkingDir: root,
    entryPoints: ['bench/baselines/place-order.mjs'],
    outfile: tutorial,
    bundle: true,
    platform: 'node',
    target: 'node24',
    external: ['@aws-sdk/*', '@smithy/*'],
    logLevel: 'error',
  })
}

/** `dist/orders/place-order/index.mjs` → `orders/place-order` */
const nameOf = (file: string) => file.split('/').slice(1, 3).join('/')

/**
 * The bundles of the functions in dev, each with the variables of its template; what CloudFormation fills in has another
 * value here. Bundles of other stages (payments with Stripe) are omitted, and so are functions that CDK brings along.
 */
async function functionEnvironments(): Promise<ReadonlyMap<string, Environment>> {
  const templates = [...(await templatesOf('dev')).values()]
  const variables = new Map<string, Record<string, unknown>>(
    templates
      .flatMap(({ Resources }) => Object.values<any>(Resources))
      .filter(({ Type, Properties }) => Type === 'AWS::Lambda::Function' && Properties.FunctionName !== undefined)
      .map(({ Properties }) => [Properties.FunctionName, Properties.Environment?.Variables ?? {}]),
  )
  const { sizes } = JSON.parse(readFileSync(join(root, 'dist/build.json'), 'utf8'))
  const environments = Object.keys(sizes).flatMap((name): [string, Environment][] => {
    const functionName = [...variables.keys()].find((each) => each.endsWith(`-${name.replace('/', '-')}`))
    if (functionName === undefined) return []
    const texts = Object.entries(variables.get(functionName)!).map(([key, value]) => [key, filled(value)])
    return [[`dist/${name}/index.mjs`, Object.fromEntries(texts)]]
  })
  return new Map(environments)
}

/** A value of a template as text; what only CloudFormation knows is some URL, or the host of one. */
function filled(value: any): string {
  const [separator, parts] = value?.['Fn::Join'] ?? []
  if (parts) return parts.map(filled).join(separator).replaceAll('https://https://', 'https://')
  return typeof value === 'string' ? value : 'https://resource'
}

/** @param file relative to the root; empty for no import at all */
async function initMs(file: string, environment: Environment = {}): Promise<number> {
  const credentials = { AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'none', AWS_SECRET_ACCESS_KEY: 'none' }
  const args = [join(root, 'bench/init-time.mjs'), ...(file ? [join(root, file)] : [])]
  const { stdout } = await execa(process.execPath, args, { env: { ...environment, ...credentials }, cwd: root })
  return Number(stdout)
}
