import { CfnAlarm, CfnCompositeAlarm } from 'aws-cdk-lib/aws-cloudwatch'
import { CfnFunction } from 'aws-cdk-lib/aws-lambda'
import { CfnQueue } from 'aws-cdk-lib/aws-sqs'
import type { IConstruct } from 'constructs'
import { DeadLetterQueue } from '../constructs/dead-letter-queue.ts'

/** What the stacks of a stage hold that a dashboard shows, by name, each list in the order of the stacks. */
export interface NamedResources {
  readonly functions: readonly string[]
  readonly queues: readonly string[]
  readonly deadLetterQueues: readonly string[]
  readonly alarms: readonly string[]
}

/**
 * Looks through everything that was made so far. Names are text and no references: a dashboard that refers to a queue of
 * another stack would hold that queue's export, and with it every later change of it, in place.
 */
export function namedResources(root: IConstruct): NamedResources {
  const all = root.node.findAll()
  const queues = all.filter((construct) => construct instanceof CfnQueue)
  return {
    functions: all
      .filter((construct) => construct instanceof CfnFunction)
      .map((made) => named(made, made.functionName)),
    queues: queues.filter((queue) => !isDead(queue)).map((queue) => named(queue, queue.queueName)),
    deadLetterQueues: queues.filter(isDead).map((queue) => named(queue, queue.queueName)),
    alarms: all
      .filter((construct) => construct instanceof CfnAlarm || construct instanceof CfnCompositeAlarm)
      .map((alarm) => named(alarm, alarm.alarmName)),
  }
}

const isDead = (queue: CfnQueue): boolean => queue.node.scope instanceof DeadLetterQueue

function named(construct: IConstruct, name: string | undefined): string {
  if (!name) throw new Error(`${construct.node.path} has no name of its own, so nothing can show what it does.`)
  return name
}
