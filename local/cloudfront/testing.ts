import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { deploy } from '../assembly/deploy.ts'
import { systemClock } from '../clock.ts'
import { State } from '../state/state.ts'
import { createServices } from '../system/services.ts'

/** A template with a bucket of images and recipes, and a distribution that serves the images. */
export const bakery = (over: { config?: object; behavior?: object; origin?: object; reader?: object } = {}) => ({
  Resources: {
    Bucket: { Type: 'AWS::S3::Bucket' },
    Policy: {
      Type: 'AWS::S3::BucketPolicy',
      Properties: {
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
      },
    },
    Access: {
      Type: 'AWS::CloudFront::OriginAccessControl',
      Properties: {
        OriginAccessControlConfig: {
          Name: 'bakery',
          OriginAccessControlOriginType: 's3',
          SigningBehavior: 'always',
          SigningProtocol: 'sigv4',
        },
      },
    },
    Headers: {
      Type: 'AWS::CloudFront::ResponseHeadersPolicy',
      Properties: {
        ResponseHeadersPolicyConfig: {
          Name: 'bakery',
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
      },
    },
    Shop: {
      Type: 'AWS::CloudFront::Distribution',
      Properties: {
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
          ],
          DefaultCacheBehavior: {
            TargetOriginId: 'images',
            ViewerProtocolPolicy: 'redirect-to-https',
            CachePolicyId: '658327ea-f89d-4fab-a63d-7e88639e58f6',
            ...over.behavior,
          },
          ...over.config,
        },
      },
    },
  },
  Outputs: {
    Url: { Value: { 'Fn::Sub': 'https://${Shop.DomainName}' } },
    Domain: { Value: { 'Fn::GetAtt': ['Shop', 'DomainName'] } },
    Cakes: { Value: { Ref: 'Bucket' } },
  },
})

/** Deploys a template on a new set of services behind an HTTP endpoint. */
export async function start(template: object) {
  const folder = mkdtempSync(join(tmpdir(), 'bakery-'))
  const state = new State(join(folder, 'state'))
  const services = createServices({
    state,
    clock: systemClock,
    assets: new Map(),
    objectsDirectory: join(folder, 'objects'),
    onObjectsFull: () => {},
    onLine: () => {},
  })
  const endpoint = await services.wire.listen(0)
  const stop = async () => {
    await services.wire.close()
    state.close()
    rmSync(folder, { recursive: true })
  }
  try {
    const { outputs, limitations } = await deploy([{ name: 'bakery', dependencies: [], template }], services.providers)
    const { Url, Domain, Cakes } = outputs['bakery'] as Record<string, string>
    const put = (key: string, body: string) => services.s3.putObject(Cakes!, key, Buffer.from(body), 'image/webp')
    return { endpoint, limitations, put, bucket: Cakes!, url: Url!, domain: Domain!, stop }
  } catch (error) {
    await stop()
    throw error
  }
}
