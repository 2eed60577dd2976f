import {
  AdminAddUserToGroupCommand,
  AdminDeleteUserCommand,
  AdminGetUserCommand,
} from '@aws-sdk/client-cognito-identity-provider'
import { DescribeTableCommand } from '@aws-sdk/client-dynamodb'
import type { DeniedCall } from '#test/least-privilege/denied-call.ts'
import { ofTable, onItem, update } from '#test/least-privilege/denied/table.ts'

export const deniedCalls: readonly DeniedCall[] = [
  onItem('users-register-user', 'GetItem', 'USER#', 'a profile is written once and not read'),
  onItem('users-staff-authorizer', 'GetItem', 'USER#', 'the authorizer does not use the table'),
  update('users-get-me', 'USER#', 'orderCount', 'of a profile only the address is updated'),
  update('users-change-avatar', 'USER#', 'email', 'of a profile that exists, an upload updates the avatar only'),
  update('users-patch-me', 'USER#', 'orderCount', 'a customer does not change their counters'),
  {
    caller: 'users-get-me',
    action: 'dynamodb:DescribeTable',
    resource: ofTable,
    reason: 'functions access items, not the table itself',
    call: ({ dynamodb }, { table: TableName }) => dynamodb.send(new DescribeTableCommand({ TableName })),
  },
  {
    caller: 'users-get-me',
    action: 'cognito-idp:AdminGetUser',
    resource: ({ userPool }) => `userpool/${userPool}`,
    reason: 'profiles are in the table; the user pool is for signing in',
    call: ({ cognito }, { userPool: UserPoolId }) =>
      cognito.send(new AdminGetUserCommand({ UserPoolId, Username: 'someone@example.com' })),
  },
  {
    caller: 'users-staff-authorizer',
    action: 'cognito-idp:AdminAddUserToGroup',
    resource: ({ userPool }) => `userpool/${userPool}`,
    reason: 'the authorizer checks membership and cannot grant it',
    call: ({ cognito }, { userPool: UserPoolId }) =>
      cognito.send(new AdminAddUserToGroupCommand({ UserPoolId, Username: 'someone@example.com', GroupName: 'staff' })),
  },
  {
    caller: 'users-staff-authorizer',
    action: 'cognito-idp:AdminDeleteUser',
    resource: ({ userPool }) => `userpool/${userPool}`,
    reason: 'the authorizer looks up users and cannot delete them',
    call: ({ cognito }, { userPool: UserPoolId }) =>
      cognito.send(new AdminDeleteUserCommand({ UserPoolId, Username: 'someone@example.com' })),
  },
]
