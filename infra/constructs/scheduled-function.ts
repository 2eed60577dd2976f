import { Duration, Stack, TimeZone } from 'aws-cdk-lib'
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam'
import { CfnSchedule, type ScheduleExpression } from 'aws-cdk-lib/aws-scheduler'
import { Construct } from 'constructs'
import { DeadLetterQueue } from './dead-letter-queue.ts'
import type { ServiceFunction } from './service-function.ts'

export interface ScheduledFunctionProps {
  /** Gets `{ scheduledAt }`, the time that the schedule was due, in ISO 8601. */
  readonly function: ServiceFunction
  /** A cron expression is in UTC unless it names a time zone. */
  readonly schedule: ScheduleExpression
}

/** How long an execution is retried: by Scheduler while Lambda does not accept it, then by Lambda while it fails. */
const maxEventAge = Duration.hours(1)

/**
 * A function that EventBridge Scheduler invokes, with a role that may invoke that function only. An execution that
 * cannot be delivered, and one that fails three times, end in one dead-letter queue.
 *
 * Executions can be repeated, late, and at the same time as others: Scheduler delivers at least once (EventBridge
 * Scheduler User Guide). So a handler works on what was due at `scheduledAt`, not on what happened since it last ran,
 * and its effect is idempotent.
 */
export class ScheduledFunction extends Construct {
  constructor(scope: Construct, { function: handler, schedule }: ScheduledFunctionProps) {
    const { service, entry } = handler
    super(scope, `${entry}-schedule`)
    const deadLetterQueue = new DeadLetterQueue(this, 'dlq', { name: `${service}-${entry}-dlq` })
    const send = new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [deadLetterQueue.queueArn] })
    handler.addToRolePolicy(send)
    // CDK's SqsDestination would also grant actions that Lambda never uses.
    const onFailure = { bind: () => ({ destination: deadLetterQueue.queueArn }) }
    handler.configureAsyncInvoke({ maxEventAge, retryAttempts: 2, onFailure })
    const role = this.createRole()
    role.addToPolicy(new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [handler.functionArn] }))
    role.addToPolicy(send)
    // CDK's Schedule would fix the name, and its target allow all versions and aliases of the function.
    const resource = new CfnSchedule(this, 'schedule', {
      scheduleExpression: schedule.expressionString,
      scheduleExpressionTimezone: (schedule.timeZone ?? TimeZone.ETC_UTC).timezoneName,
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: handler.functionArn,
        roleArn: role.roleArn,
        input: JSON.stringify({ scheduledAt: '<aws.scheduler.scheduled-time>' }),
        deadLetterConfig: { arn: deadLetterQueue.queueArn },
        retryPolicy: { maximumEventAgeInSeconds: maxEventAge.toSeconds(), maximumRetryAttempts: 100 },
      },
    })
    // An execution before the role has its policy would be denied, which is not retried.
    resource.node.addDependency(role)
  }

  /** The condition prevents that Scheduler uses the role for schedules of another account (confused deputy). */
  private createRole(): Role {
    const group = { service: 'scheduler', resource: 'schedule-group', resourceName: 'default' }
    return new Role(this, 'role', {
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { ArnEquals: { 'aws:SourceArn': Stack.of(this).formatArn(group) } },
      }),
    })
  }
}
