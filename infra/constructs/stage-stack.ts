import { Stack, Tags } from 'aws-cdk-lib'
import type { Construct, IConstruct } from 'constructs'
import { applicationId } from '#shared/application.ts'
import type { Route } from '#shared/http/route.ts'
import type { Graph } from '../dashboard/graph.ts'
import type { Stage } from '../stages.ts'
import { budgetTag } from './stage-budget.ts'

/**
 * What a stack holds that the API stage opens and the dashboard shows; constructs add themselves. Names are text and not
 * references: a dashboard that refers to a queue of another stack would lock that queue's export in place.
 */
export interface StackResources {
  readonly routes: Route[]
  readonly functions: string[]
  readonly queues: string[]
  readonly deadLetterQueues: string[]
  readonly alarms: string[]
  /** Graphs of a service's own metrics. */
  readonly graphs: Graph[]
}

/** A stack of one stage, named `<prefix>-<name>` and tagged with application and stage. */
export class StageStack extends Stack {
  readonly stage: Stage
  readonly resources: StackResources = {
    routes: [],
    functions: [],
    queues: [],
    deadLetterQueues: [],
    alarms: [],
    graphs: [],
  }

  constructor(scope: Construct, name: string, stage: Stage) {
    // A retained table does not help customers whose stacks are deleted: functions, and queues with what waits in them.
    super(scope, `${stage.prefix}-${name}`, { terminationProtection: stage.deletionProtection })
    this.stage = stage
    const tags = { application: applicationId, stage: stage.name, [budgetTag]: stage.prefix }
    for (const [key, value] of Object.entries(tags)) {
      Tags.of(this).add(key, value)
      // A tag of the stack itself identifies its owner before any of its resources is changed.
      this.addStackTag(key, value)
    }
  }

  /** The stage's stack that holds a construct. @throws Error when another kind of stack does */
  static override of(construct: IConstruct): StageStack {
    const stack = Stack.of(construct)
    if (!(stack instanceof StageStack)) throw new Error(`${stack.node.path} is not the stack of a stage.`)
    return stack
  }
}
