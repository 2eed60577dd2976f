import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { S3 } from '@aws-sdk/client-s3'
import { deploy } from '../assembly/deploy.ts'
import { ManualClock } from '../clock.ts'
import { Iam } from '../iam/iam.ts'
import { S3Service } from '../s3/service.ts'
import { State } from '../state/state.ts'
import { createAuthenticate } from '../wire/sigv4.ts'
import { TestEndpoint } from '../wire/testing.ts'
import { CloudFrontService } from './service.ts'

const resource = (type: string, properties: object) => ({ Type: `AWS::${type}`, Properties: properties })

/** A template with a bucket of images and recipes, and a distribution that serves the images. */
export const bakery = (
  over: {
    config?: object
    behavior?: object
    origin?: object
    reader?: object
    origins?: object[]
    behaviors?: object[]
    resources?: object
  } = {},
) => ({
  Resources: {
    Bucket: { Type: 'AWS::S3::Bucket' },
    Policy: resource('S3::BucketPolicy', {
      Bucket: { Ref: 'Bucket' },
      PolicyDocument: {
        Version: '2012-10-17',
        Statement: {
          Effect: 'Allow',
          Principal: { Service: 'cloudfront.amazonaws.com' },
          Action: 's3:GetObject',
          Resource: { 'Fn::Sub': '${Bucket.Arn}/shown/*' },
          Condition: {
            StringEquals: {
              'AWS:SourceArn': { 'Fn::Sub': 'arn:aws:cloudfront::${AWS::AccountId}:distribution/${Shop}' },
            },
          },
          ...over.reader,
        },
      },
    }),
    Access: resource('CloudFront::OriginAccessControl', {
      OriginAccessControlConfig: { OriginAccessControlOriginType: 's3', SigningBehavior: 'always' },
    }),
    Headers: resource('CloudFront::ResponseHeadersPolicy', {
      ResponseHeadersPolicyConfig: {
        SecurityHeadersConfig: {
          ContentTypeOptions: { Override: true },
          StrictTransportSecurity: { AccessControlMaxAgeSec: 60, IncludeSubdomains: true, Override: true },
        },
        CustomHeadersConfig: {
          Items: [
            { Header: 'Cache-Control', Value: 'no-store', Override: false },
            { Header: 'X-Baker', Value: 'Ada', Override: true },
          ],
        },
        RemoveHeadersConfig: { Items: [{ Header: 'ETag' }] },
      },
    }),
    Shop: resource('CloudFront::Distribution', {
      DistributionConfig: {
        Enabled: true,
        Origins: [
          {
            Id: 'images',
            DomainName: { 'Fn::GetAtt': ['Bucket', 'RegionalDomainName'] },
            OriginPath: '/shown',
            OriginAccessControlId: { 'Fn::GetAtt': ['Access', 'Id'] },
            S3OriginConfig: { OriginAccessIdentity: '' },
            ...over.origin,
          },
          ...(over.origins ?? []),
        ],
        ...(over.behaviors && { CacheBehaviors: over.behaviors }),
        DefaultCacheBehavior: {
          TargetOriginId: 'images',
          CachePolicyId: '658327ea-f89d-4fab-a63d-7e88639e58f6',
          ...over.behavior,
        },
        ...over.config,
      },
    }),
    ...over.resources,
  },
  Outputs: {
    Url: { Value: { 'Fn::Sub': 'https://${Shop.DomainName}' } },
    Domain: { Value: { 'Fn::GetAtt': ['Shop', 'DomainName'] } },
    Cakes: { Value: { Ref: 'Bucket' } },
  },
})

/** A server that records what a distribution forwards to it. */
export async function startOven(respond: (request: IncomingMessage, response: ServerResponse) => void) {
  const received: { method: string; url: string; headers: IncomingHttpHeaders; body: string }[] = []
  const server = createServer(async (request, response) => {
    const body = await text(request)
    received.push({ method: request.method!, url: request.url!, headers: request.headers, body })
    respond(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const stop = () => {
    server.closeAllConnections()
    server.close()
  }
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, received, stop }
}

/** The origin `oven`, and a behavior in front of it; for {@link bakery}. */
export const oven = {
  Id: 'oven',
  DomainName: 'oven.example.com',
  CustomOriginConfig: { OriginProtocolPolicy: 'https-only' },
}
export const ovenBehavior = {
  PathPattern: '/oven/*',
  TargetOriginId: 'oven',
  ViewerProtocolPolicy: 'https-only',
  AllowedMethods: ['GET', 'HEAD', 'OPTIONS', 'PUT', 'PATCH', 'POST', 'DELETE'],
  CachePolicyId: '4135ea2d-6df8-44a3-9df3-4b5a84be39ad',
  OriginRequestPolicyId: 'b689b0a8-53d0-40ab-baf2-68738e2966ac',
}

/**
 * Deploys a template on S3 and CloudFront behind an HTTP endpoint.
 * @param options.ovenUrl where the domain oven.example.com is
 */
export async function start(template: object, options: { ovenUrl?: string; clock?: ManualClock } = {}) {
  const { ovenUrl, clock = new ManualClock(Date.now()) } = options
  const state = new State(':memory:')
  const iam = new Iam({ state, clock })
  const aws = new TestEndpoint({ state, clock, access: iam, authenticate: createAuthenticate(iam.keys, clock) })
  const s3 = new S3Service({ state, clock, access: iam, endpoint: aws.url, keys: iam.keys, publish: () => {} })
  aws.server.addRestService(s3.wire)
  await aws.listen()
  const warnings: string[] = []
  const cloudfront = new CloudFrontService({
    clock,
    warn: (message) => warnings.push(message),
    originUrl: (domainName) => (domainName === oven.DomainName ? ovenUrl : undefined),
    fetchFromS3: (request, principal) => aws.server.handleAs(principal, 's3', request),
  })
  const stop = async () => {
    await cloudfront.stop()
    await aws.stop()
  }
  try {
    const stack = { name: 'bakery', dependencies: [], template }
    const { outputs, limitations } = await deploy([stack], [...s3.providers, ...cloudfront.providers])
    const { Url, Domain, Cakes } = outputs['bakery'] as Record<string, string>
    const put = (key: string, body: string) =>
      s3.putObject(Cakes!, key, Buffer.from(body), { 'content-type': 'image/webp' })
    return {
      client: aws.client(S3),
      limitations,
      warnings,
      put,
      bucket: Cakes!,
      url: Url!,
      domain: Domain!,
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}
