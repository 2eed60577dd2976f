import type { Construct } from 'constructs'
import { allowObjects } from '#infra/constructs/object-access.ts'
import type { ServiceFunction } from '#infra/constructs/service-function.ts'
import type { TableGrant } from '#infra/grants.ts'
import { ServiceStack, type ServiceStackProps } from '#infra/service-stack.ts'
import { ThumbnailsReady } from '#services/thumbnails/events.ts'
import { UserDeleted } from './events.ts'
import { routes } from './routes.ts'

const profileCreation: readonly TableGrant[] = [
  { actions: ['PutItem'], prefixes: ['USER#', 'USERMAIL#'] },
  { actions: ['ConditionCheckItem'], prefixes: ['USERDELETED#'] },
]

/** Reads the profile, creates a missing one, and follows a changed address. */
const ownProfile: readonly TableGrant[] = [
  { actions: ['BatchGetItem'], prefixes: ['USER#'] },
  ...profileCreation,
  { actions: ['UpdateItem'], prefixes: ['USER#'], attributes: ['PK', 'SK', 'email'] },
  { actions: ['DeleteItem'], prefixes: ['USERMAIL#'] },
]

const profileRemoval: readonly TableGrant[] = [
  { actions: ['BatchGetItem'], prefixes: ['USER#'] },
  { actions: ['DeleteItem'], prefixes: ['USER#', 'USERMAIL#'] },
  { actions: ['PutItem'], prefixes: ['USERDELETED#'] },
]

/** The sign-up trigger is in the identity stack, the staff authorizer in the API stack. */
export class UsersStack extends ServiceStack {
  constructor(scope: Construct, props: ServiceStackProps) {
    super(scope, props)
    this.addRoutes(routes, [
      this.profileReader('get-me'),
      this.profileReader('patch-me', [
        {
          actions: ['UpdateItem'],
          prefixes: ['USER#'],
          attributes: ['PK', 'SK', 'name', 'phone', 'addresses', 'notifications'],
        },
      ]),
      this.tableFunction('delete-me', profileRemoval),
      this.tableFunction('export-me', [], {
        environment: {
          API_URL: props.api.httpApi.apiEndpoint,
          INSTALLED_SERVICES: props.installed.map(({ name }) => name).join(),
        },
      }),
    ])
    const { userPool } = props.identity
    const changeAvatar = this.consumerFunction(
      'change-avatar',
      [{ actions: ['UpdateItem'], prefixes: ['USER#'], attributes: ['PK', 'SK', 'avatar'] }, ...profileCreation],
      {
        events: [ThumbnailsReady],
        detail: { data: { purpose: ['avatar'] } },
        environment: { USER_POOL_ID: userPool.userPoolId },
      },
    )
    if (changeAvatar) userPool.grant(changeAvatar, 'cognito-idp:AdminGetUser')
    const deleteAccount = this.consumerFunction('delete-account', profileRemoval, {
      events: [UserDeleted],
      environment: { USER_POOL_ID: userPool.userPoolId },
      // A replay deletes many accounts, and an account's user pools limit such calls per second (Quotas in Amazon Cognito).
      maxConcurrency: 2,
    })
    userPool.grant(deleteAccount!, 'cognito-idp:AdminDeleteUser')
  }
  /** Its credentials also sign the URLs of the avatar. */
  private profileReader(entry: string, more: readonly TableGrant[] = []): ServiceFunction {
    const { media } = this.props.edge
    const reader = this.tableFunction(entry, [...ownProfile, ...more], {
      environment: { MEDIA_BUCKET: media.bucketName },
    })
    allowObjects(reader, ['s3:GetObject'], media, ['private/avatars/*'])
    return reader
  }
}
