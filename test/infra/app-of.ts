import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { App } from 'aws-cdk-lib'
import { addStacks } from '#infra/app.ts'
import type { Service } from '#infra/service-stack.ts'
import type { Stage } from '#infra/stages.ts'
import { root } from './synthesized.ts'

/** The feature flags that the CDK CLI passes to the app. */
export const contextOfApp = (): Record<string, unknown> =>
  JSON.parse(readFileSync(join(root, 'cdk.json'), 'utf8')).context

/**
 * The app of a stage, in this process: without assets and without CloudFormation's validation rules, which another test
 * checks.
 * @param services @default the installed services
 */
export function appOf(stage: Stage, services?: readonly Service[], outdir?: string): App {
  const app = new App({
    ...(outdir ? { outdir } : {}),
    context: { ...contextOfApp(), 'aws:cdk:disable-asset-staging': true },
    builtinCloudFormationValidation: false,
  })
  addStacks(app, stage, services)
  return app
}
