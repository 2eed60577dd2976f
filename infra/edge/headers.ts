import { Duration } from 'aws-cdk-lib'
import {
  HeadersFrameOption,
  HeadersReferrerPolicy,
  ResponseHeadersPolicy,
  type ResponseSecurityHeadersBehavior,
} from 'aws-cdk-lib/aws-cloudfront'
import { StageStack } from '../constructs/stage-stack.ts'
import { globalName } from './global-name.ts'

/** The hosts besides its own that a page of the web uses, as origins: `https://host`. */
export interface PageHosts {
  /** The user pool: sign-up, sign-in, tokens. */
  readonly cognito: string
  /** Where forms with uploads are posted. */
  readonly uploads: string
  /** Where avatars are read by presigned URLs. */
  readonly privateImages: string
}

/** A page runs the files of its own origin and nothing inline, so that text that reached the page as HTML cannot run. */
export function pageHeaders(scope: StageStack, { cognito, uploads, privateImages }: PageHosts): ResponseHeadersPolicy {
  const directives = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "font-src 'self'",
    "manifest-src 'self'",
    // blob: is the preview of an image before its upload.
    `img-src 'self' blob: ${privateImages}`,
    `connect-src 'self' ${cognito} ${uploads}`,
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ]
  return headersPolicy(scope, 'pages', directives.join('; '))
}

/** Of data and images: a browser that interprets one as a page must run and load nothing. */
const noPage = "default-src 'none'; frame-ancestors 'none'; sandbox"

export const imageHeaders = (scope: StageStack): ResponseHeadersPolicy => headersPolicy(scope, 'images', noPage)

export const apiHeaders = (scope: StageStack): ResponseHeadersPolicy => headersPolicy(scope, 'api', noPage)

/**
 * A cached response is one caller's, and so are its ids: no later caller may take them for their own. Their requests that
 * reach the API are found in its logs by the ids in a problem's body.
 */
export const catalogHeaders = (scope: StageStack): ResponseHeadersPolicy =>
  headersPolicy(scope, 'catalog', noPage, ['x-correlation-id', 'apigw-requestid'])

function headersPolicy(
  scope: StageStack,
  name: string,
  contentSecurityPolicy: string,
  removeHeaders?: string[],
): ResponseHeadersPolicy {
  return new ResponseHeadersPolicy(scope, `${name}-headers`, {
    responseHeadersPolicyName: globalName(scope.stage, name),
    securityHeadersBehavior: { ...common, contentSecurityPolicy: { contentSecurityPolicy, override: true } },
    removeHeaders,
  })
}

const common: ResponseSecurityHeadersBehavior = {
  contentTypeOptions: { override: true },
  frameOptions: { frameOption: HeadersFrameOption.DENY, override: true },
  // Other sites must not learn the URL of an order.
  referrerPolicy: { referrerPolicy: HeadersReferrerPolicy.SAME_ORIGIN, override: true },
  strictTransportSecurity: { accessControlMaxAge: Duration.days(365), override: true },
}
