import { AwsError } from '../../wire/aws-error.ts'
import type { Operation } from '../../wire/service.ts'
import { dashboardArn, type Dashboards } from '../dashboards.ts'
import { paged } from './input.ts'

const pageSize = 1000

/** GetDashboard and ListDashboards. */
export function dashboardOperations(dashboards: Dashboards): Record<string, Operation> {
  return {
    GetDashboard: {
      access: (input) => [{ action: 'cloudwatch:GetDashboard', resource: dashboardArn(String(input.DashboardName)) }],
      handle(input: { DashboardName?: string }) {
        const found = dashboards.get(String(input.DashboardName))
        if (!found) {
          const message = `Dashboard ${String(input.DashboardName)} does not exist`
          throw new AwsError('DashboardNotFoundError', message, { statusCode: 404 })
        }
        return { DashboardArn: found.arn, DashboardBody: found.body, DashboardName: found.name }
      },
    },
    ListDashboards: {
      access: () => [{ action: 'cloudwatch:ListDashboards', resource: '*' }],
      handle(input: { DashboardNamePrefix?: string; NextToken?: string }) {
        const prefix = input.DashboardNamePrefix ?? ''
        const found = dashboards.list().filter(({ name }) => name.startsWith(prefix))
        const { page, NextToken } = paged(found, input.NextToken, pageSize)
        return {
          DashboardEntries: page.map((dashboard) => ({
            DashboardName: dashboard.name,
            DashboardArn: dashboard.arn,
            LastModified: dashboard.modifiedMs / 1000,
            Size: Buffer.byteLength(dashboard.body),
          })),
          ...(NextToken !== undefined && { NextToken }),
        }
      },
    },
  }
}
