import { poolConflicts } from './pool-conflicts.ts'

const email = { Name: 'email', AttributeDataType: 'String', Required: true, Mutable: true }
const nickname = { Name: 'nickname', AttributeDataType: 'String', Mutable: true }

const template = (properties: object = {}, id = 'readers') => ({
  Resources: {
    [id]: {
      Type: 'AWS::Cognito::UserPool',
      Properties: {
        UsernameAttributes: ['email'],
        UsernameConfiguration: { CaseSensitive: false },
        Schema: [email],
        ...properties,
      },
    },
    topic: { Type: 'AWS::SNS::Topic', Properties: {} },
  },
})

test.each<[string, object]>([
  ['nothing', {}],
  ['the order of an attribute', { Schema: [Object.fromEntries(Object.entries(email).toReversed())] }],
  ['a new attribute', { Schema: [email, nickname] }],
  ['the property, which keeps the attributes,', { Schema: undefined }],
  ['another property', { Policies: { PasswordPolicy: { MinimumLength: 14 } } }],
])('%s may change', (_what, properties) => {
  expect(poolConflicts(template(), template(properties))).toEqual([])
})

test.each<[string, object, RegExp]>([
  [
    'the sign-in name',
    { UsernameAttributes: ['phone_number'] },
    /^readers: UsernameAttributes of the user pool changes/,
  ],
  ['an alias', { AliasAttributes: ['email'] }, /AliasAttributes/],
  ['the case sensitivity', { UsernameConfiguration: { CaseSensitive: true } }, /UsernameConfiguration/],
  ['the case sensitivity, by its default', { UsernameConfiguration: undefined }, /UsernameConfiguration/],
  ['a removed attribute', { Schema: [nickname] }, /the attribute email of the user pool changes/],
  ['an attribute', { Schema: [{ ...email, Mutable: false }] }, /the attribute email/],
  ['a new required attribute', { Schema: [email, { ...nickname, Required: true }] }, /the required attribute nickname/],
  ['a new attribute without a type', { Schema: [email, { Name: 'name' }] }, /name has no AttributeDataType/],
])('%s cannot be deployed', (_what, properties, sentence) => {
  expect(poolConflicts(template(), template(properties))).toEqual([expect.stringMatching(sentence)])
})

test('a pool under another logical id, or none, would leave the users behind', () => {
  const sentence = expect.stringMatching(/^readers: the user pool is no longer in the template/)
  expect(poolConflicts(template(), template({}, 'members'))).toEqual([sentence])
  expect(poolConflicts(template(), { Resources: {} })).toEqual([sentence])
})

test('a pool that is not deployed yet must have types', () => {
  expect(poolConflicts({ Resources: {} }, template())).toEqual([])
  expect(poolConflicts({ Resources: {} }, template({ Schema: [{ Name: 'email', Required: true }] }))).toHaveLength(1)
})
