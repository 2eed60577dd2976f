import { createHash } from 'node:crypto'
import { Aws } from 'aws-cdk-lib'
import { CfnBudget } from 'aws-cdk-lib/aws-budgets'
import { Construct } from 'constructs'
import type { Stage } from '../stages.ts'

/**
 * The tag by which a budget finds the resources of its stage. It names application and stage in one value, since a
 * budget counts what has any of the tags it lists, and another application of the account may have a stage `prod` too.
 */
export const budgetTag = 'budget'

/**
 * Sends an email when the monthly cost exceeds the budget of the stage record, or is forecast to. The tag must be
 * activated as a cost allocation tag once per account; until then a budget sees nothing.
 */
export class StageBudget extends Construct {
  constructor(scope: Construct, stage: Stage, { monthlyUsd, email }: NonNullable<Stage['budget']>) {
    super(scope, 'budget')
    const subscribers = [{ subscriptionType: 'EMAIL', address: email }]
    const above = (notificationType: 'ACTUAL' | 'FORECASTED', threshold: number) => ({
      notification: { notificationType, comparisonOperator: 'GREATER_THAN', threshold, thresholdType: 'PERCENTAGE' },
      subscribers,
    })
    const notificationsWithSubscribers = [above('ACTUAL', 80), above('ACTUAL', 100), above('FORECASTED', 100)]
    new CfnBudget(this, 'month', {
      budget: {
        // Budget names are unique per account across regions, and a stage may be deployed to several. CloudFormation replaces
        // a budget whose notifications change, by a new one that exists beside the old one for a moment.
        budgetName: `${stage.prefix}-${Aws.REGION}-${hashOf(notificationsWithSubscribers)}`,
        budgetType: 'COST',
        timeUnit: 'MONTHLY',
        budgetLimit: { amount: monthlyUsd, unit: 'USD' },
        costFilters: { TagKeyValue: [`user:${budgetTag}$${stage.prefix}`] },
      },
      notificationsWithSubscribers,
    })
  }
}

const hashOf = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 8)
