import { accountId, partition } from '../assembly/provider.ts'
import { sessionArn, sessionUserId } from '../iam/principal.ts'
import type { Principal } from '../iam/types.ts'
import { AwsError } from './aws-error.ts'
import type { RestService } from './service.ts'
import { escapeXml } from './xml.ts'

/** STS with GetCallerIdentity only, which needs no permission. */
export const sts: RestService = {
  signingName: 'sts',
  claims: () => false,
  handle(request, { principal, requestId }) {
    const action = new URLSearchParams(request.body.toString('utf8')).get('Action')
    if (action !== 'GetCallerIdentity') {
      throw new AwsError('UnknownOperationException', `The local AWS endpoint does not emulate ${action} of STS.`)
    }
    const { arn, userId } = identity(principal)
    const result = `<Arn>${escapeXml(arn)}</Arn><UserId>${escapeXml(userId)}</UserId><Account>${accountId}</Account>`
    return {
      status: 200,
      headers: { 'content-type': 'text/xml', 'x-amzn-requestid': requestId },
      body: `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>${result}</GetCallerIdentityResult><ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata></GetCallerIdentityResponse>`,
    }
  },
}

function identity(principal: Principal): { arn: string; userId: string } {
  if (principal.kind === 'administrator')
    return { arn: `arn:${partition}:iam::${accountId}:user/local`, userId: 'local' }
  if (principal.kind !== 'role')
    throw new AwsError('MissingAuthenticationToken', 'Request is missing Authentication Token', { statusCode: 403 })
  return { arn: sessionArn(principal), userId: sessionUserId(principal) }
}
