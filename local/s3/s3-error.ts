import { AwsError } from '../wire/aws-error.ts'

export const noSuchBucket = () =>
  new AwsError('NoSuchBucket', 'The specified bucket does not exist', { statusCode: 404 })

export const noSuchKey = () => new AwsError('NoSuchKey', 'The specified key does not exist.', { statusCode: 404 })

export const notImplemented = (feature: string) =>
  new AwsError('NotImplemented', `${feature} is not emulated.`, { statusCode: 501 })

export const badDigest = (name: string) =>
  new AwsError('BadDigest', `The ${name} you specified did not match the calculated checksum.`)

export const invalidRequest = (message: string) => new AwsError('InvalidRequest', message)

export const malformedXml = () =>
  new AwsError(
    'MalformedXML',
    'The XML you provided was not well-formed or did not validate against our published schema',
  )

export const invalidArgument = (message: string, ArgumentName?: string) =>
  new AwsError('InvalidArgument', message, { members: { ArgumentName } })
