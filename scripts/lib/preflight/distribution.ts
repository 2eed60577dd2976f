import { DescribeCertificateCommand, type ACMClient } from '@aws-sdk/client-acm'
import {
  ListCachePoliciesCommand,
  ListResponseHeadersPoliciesCommand,
  paginateListDistributions,
  type CloudFrontClient,
} from '@aws-sdk/client-cloudfront'
import type { Domain } from '#infra/stage-settings.ts'
import { all, ask, mapKnown, unless, type Known } from '../aws-errors.ts'
import { itemsIn } from '../pages.ts'
import { failed, ok, quotaRequest, unchecked, warning, type Verdict } from './verdict.ts'

/** CloudFront and its certificates are in this region, whichever the stage is deployed to. */
export const edgeRegion = 'us-east-1'

interface CertificateState {
  /** As in ACM: `ISSUED`. */
  readonly status: string
  /** The names that it covers, some with a wildcard: `*.example.com`. */
  readonly names: readonly string[]
}

/** @returns undefined when the account has no such certificate */
export const readCertificate = (
  client: ACMClient,
  CertificateArn: string,
): Promise<Known<CertificateState | undefined>> =>
  ask('acm:DescribeCertificate', async () => {
    const request = client.send(new DescribeCertificateCommand({ CertificateArn }))
    const { Certificate } = (await unless('ResourceNotFoundException', request)) ?? {}
    return Certificate && { status: Certificate.Status ?? 'unknown', names: Certificate.SubjectAlternativeNames ?? [] }
  })

export function checkCertificate(
  certificate: Known<CertificateState | undefined>,
  { name, certificateArn }: Domain,
): Verdict {
  const check = 'certificate'
  if (!certificate.known) return unchecked(check, certificate)
  const request = `aws acm request-certificate --region ${edgeRegion} --validation-method DNS --domain-name ${name}`
  if (!certificate.value) return failed(check, `${certificateArn} does not exist in this account`, request)
  const { status, names } = certificate.value
  if (!names.some((covered) => covers(covered, name)))
    return failed(check, `it covers ${names.join(', ')}, but not ${name}`, request)
  if (status === 'ISSUED') return ok(check, `issued for ${names.join(', ')}, which covers ${name}`)
  const remedy =
    status === 'PENDING_VALIDATION'
      ? `Add the DNS records that ACM asks for: aws acm describe-certificate --region ${edgeRegion} --certificate-arn ${certificateArn}`
      : request
  return failed(check, `it is ${status}; CloudFront accepts only an issued certificate`, remedy)
}

/** A wildcard stands for one label, and not for the domain itself. */
const covers = (covered: string, name: string): boolean =>
  covered === name || (covered.startsWith('*.') && covered.slice(1) === name.slice(name.indexOf('.')))

interface AliasedDistribution {
  readonly id: string
  /** Its alternate domain names. */
  readonly aliases: readonly string[]
}

/** The distributions of the account; those of other accounts are not visible. */
export const readAliases = (client: CloudFrontClient): Promise<Known<AliasedDistribution[]>> =>
  ask('cloudfront:ListDistributions', async () => {
    const pages = paginateListDistributions({ client }, {})
    const distributions = await itemsIn(pages, ({ DistributionList }) => DistributionList?.Items)
    return distributions.map(({ Id, Aliases }) => ({ id: Id!, aliases: Aliases?.Items ?? [] }))
  })

/**
 * "You will get the CNAMEAlreadyExists error message […] when you try to add www.example.com to a standard distribution or
 * distribution tenant, but that alternate domain name is already associated with a different resource" (CloudFront developer
 * guide, Move an alternate domain name).
 * @param own resources of this stage's stacks
 */
export function checkAlias(
  distributions: Known<readonly AliasedDistribution[]>,
  name: string,
  own: Known<readonly { readonly physicalId: string }[]>,
): Verdict {
  const check = 'domain'
  if (!distributions.known) return unchecked(check, distributions)
  if (!own.known) return unchecked(check, own)
  const isOwn = ({ id }: AliasedDistribution) => own.value.some(({ physicalId }) => physicalId === id)
  const other = distributions.value.find((each) => each.aliases.includes(name) && !isOwn(each))
  if (!other) return ok(check, `no other distribution of the account has ${name}`)
  return failed(
    check,
    `the distribution ${other.id} has ${name} already`,
    `Remove it from ${other.id} before the deployment, or move it as “Move an alternate domain name” in the CloudFront developer guide describes.`,
  )
}

/**
 * Policies of CloudFront that an account may have 20 of, and a stage creates several of. AWS raises both quotas on request
 * ("General quotas on policies", CloudFront developer guide).
 */
const policies = {
  'AWS::CloudFront::CachePolicy': { name: 'cache policies', quota: 'L-7D134442' },
  'AWS::CloudFront::ResponseHeadersPolicy': { name: 'response headers policies', quota: 'L-CF0D4FC5' },
} as const

type PolicyType = keyof typeof policies
type PolicyCounts = Readonly<Record<PolicyType, number>>

const policyTypes = Object.keys(policies) as PolicyType[]
const defaultQuota = 20

/** How many of these policies a list of resources has. */
export const countPolicies = (resources: readonly { readonly type: string }[]): PolicyCounts =>
  countsOf(policyTypes.map((policy) => resources.filter(({ type }) => type === policy).length))

const countsOf = (counts: readonly number[]) =>
  Object.fromEntries(policyTypes.map((type, index) => [type, counts[index]!])) as PolicyCounts

/** The policies that the account has, without those of AWS. */
export async function readPolicies(client: CloudFrontClient): Promise<Known<PolicyCounts>> {
  const Type = 'custom'
  const counts = await Promise.all([
    ask('cloudfront:ListCachePolicies', () =>
      countAll(async (Marker) => (await client.send(new ListCachePoliciesCommand({ Type, Marker }))).CachePolicyList),
    ),
    ask('cloudfront:ListResponseHeadersPolicies', () =>
      countAll(
        async (Marker) =>
          (await client.send(new ListResponseHeadersPoliciesCommand({ Type, Marker }))).ResponseHeadersPolicyList,
      ),
    ),
  ])
  return mapKnown(all(counts), countsOf)
}

interface Page {
  /** Of the policies in this page. */
  readonly Quantity: number | undefined
  readonly NextMarker?: string | undefined
}

async function countAll(read: (marker: string | undefined) => Promise<Page | undefined>): Promise<number> {
  let count = 0
  let marker: string | undefined
  do {
    const page = await read(marker)
    count += page?.Quantity ?? 0
    marker = page?.NextMarker
  } while (marker)
  return count
}

/**
 * @param existing in the account
 * @param wanted in the templates
 * @param own in this stage's stacks
 */
export function checkPolicies(existing: Known<PolicyCounts>, wanted: PolicyCounts, own: Known<PolicyCounts>): Verdict {
  const check = 'cloudfront'
  if (!existing.known) return unchecked(check, existing)
  if (!own.known) return unchecked(check, own)
  const after = countsOf(policyTypes.map((type) => existing.value[type] + Math.max(0, wanted[type] - own.value[type])))
  const exceeded = policyTypes.find((type) => after[type] > defaultQuota)
  const describe = (type: PolicyType) => `${after[type]} ${policies[type].name}`
  if (!exceeded)
    return ok(check, `the account will have ${policyTypes.map(describe).join(' and ')}, of ${defaultQuota} each`)
  // A warning, since the quota may have been raised.
  return warning(
    check,
    `the account would have ${describe(exceeded)}; ${defaultQuota} are the default quota`,
    `${quotaRequest('cloudfront', policies[exceeded].quota, after[exceeded])} --region ${edgeRegion}`,
  )
}
