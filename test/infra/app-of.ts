import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { App } from 'aws-cdk-lib'
import { addStacks } from '#infra/cartwheel.ts'
import type { Stage } from '#infra/stages.ts'
import { root } from './synthesised.ts'

/** The whole app of a stage, in this process. Nobody reads its assets, and another test checks CloudFormation's rules. */
export function appOf(stage: Stage): App {
  const { context } = JSON.parse(readFileSync(join(root, 'cdk.json'), 'utf8'))
  const app = new App({
    context: { ...context, 'aws:cdk:disable-asset-staging': true, '@aws-cdk/core:validateAgainstDefaultRules': false },
  })
  addStacks(app, stage)
  return app
}
