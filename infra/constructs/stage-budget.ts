import { Aws } from 'aws-cdk-lib'
import { CfnBudget } from 'aws-cdk-lib/aws-budgets'
import { Construct } from 'constructs'
import type { Stage } from '../stages.ts'

/**
 * The tag by which a budget knows what is its stage's. One tag that names application and stage, since a budget counts
 * whatever has any of the tags that it lists, and another application of the account may have a stage `prod` too.
 */
export const budgetTag = 'budget'

/**
 * Writes when a month is going to cost more than the stage's record allows, or has. The tag has to be switched on as a
 * cost allocation tag once for each account; until then a budget sees nothing.
 */
export class StageBudget extends Construct {
  constructor(scope: Construct, stage: Stage, { monthlyUsd, email }: NonNullable<Stage['budget']>) {
    super(scope, 'budget')
    const subscribers = [{ subscriptionType: 'EMAIL', address: email }]
    const above = (notificationType: 'ACTUAL' | 'FORECASTED', threshold: number) => ({
      notification: { notificationType, comparisonOperator: 'GREATER_THAN', threshold, thresholdType: 'PERCENTAGE' },
      subscribers,
    })
    new CfnBudget(this, 'month', {
      budget: {
        // An account has its budgets once for all regions, and a stage may stand in several.
        budgetName: `${stage.prefix}-${Aws.REGION}`,
        budgetType: 'COST',
        timeUnit: 'MONTHLY',
        budgetLimit: { amount: monthlyUsd, unit: 'USD' },
        costFilters: { TagKeyValue: [`user:${budgetTag}$${stage.prefix}`] },
      },
      notificationsWithSubscribers: [above('ACTUAL', 80), above('ACTUAL', 100), above('FORECASTED', 100)],
    })
  }
}
