import { StackScope, type Exported } from './intrinsics.ts'
import { AssemblyError, type Template } from './template.ts'

const template: Template = {
  Parameters: {
    BootstrapVersion: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/cdk-bootstrap/x/version' },
    Days: { Type: 'Number', Default: 14 },
    Shelves: { Type: 'CommaDelimitedList', Default: 'a, b' },
    Open: { Type: 'String' },
  },
  Mappings: { Fees: { 'us-east-1': { late: '20' } } },
  Conditions: {
    Yes: { 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'us-east-1'] },
    No: { 'Fn::Not': [{ Condition: 'Yes' }] },
    Both: { 'Fn::And': [{ Condition: 'Yes' }, { 'Fn::Equals': ['a', 'a'] }] },
    NotBoth: { 'Fn::And': [{ Condition: 'Yes' }, { Condition: 'No' }] },
    Either: { 'Fn::Or': [{ Condition: 'No' }, { Condition: 'Yes' }] },
  },
}

function scope(): StackScope {
  const stackScope = new StackScope(
    { name: 'Library', dependencies: [], template },
    new Map<string, Exported>([
      ['Other:Bus', { value: 'the-bus' }],
      ['Other:Robot', { missing: 'Robot is not emulated.' }],
    ]),
  )
  stackScope.resources.set('Loans', {
    ref: 'loans',
    attributes: { Arn: 'arn:loans', 'Stream.Arn': 'arn:stream', Size: 7 },
  })
  stackScope.resources.set('Thing', { ref: 'Library-Thing', notEmulated: 'AWS::Some::Thing' })
  return stackScope
}

const cases: [unknown, unknown][] = [
  ['plain', 'plain'],
  [{ a: [1, true, null] }, { a: [1, true, null] }],
  [{ Ref: 'Loans' }, 'loans'],
  [{ Ref: 'Thing' }, 'Library-Thing'],
  [{ Ref: 'Days' }, 14],
  [{ Ref: 'AWS::Region' }, 'us-east-1'],
  [{ Ref: 'AWS::AccountId' }, '000000000000'],
  [{ Ref: 'AWS::Partition' }, 'aws'],
  [{ Ref: 'AWS::URLSuffix' }, 'amazonaws.com'],
  [{ Ref: 'AWS::StackName' }, 'Library'],
  [{ Ref: 'AWS::StackId' }, 'arn:aws:cloudformation:us-east-1:000000000000:stack/Library/local'],
  [{ a: { Ref: 'AWS::NoValue' }, b: 1 }, { b: 1 }],
  [[{ Ref: 'AWS::NoValue' }, 1], [1]],
  [{ a: { 'Fn::If': ['No', 1, { Ref: 'AWS::NoValue' }] } }, {}],
  [{ 'Fn::GetAtt': ['Loans', 'Arn'] }, 'arn:loans'],
  [{ 'Fn::GetAtt': ['Loans', 'Stream.Arn'] }, 'arn:stream'],
  [{ 'Fn::GetAtt': 'Loans.Stream.Arn' }, 'arn:stream'],
  [{ 'Fn::GetAtt': ['Loans', 'Size'] }, 7],
  [{ 'Fn::ImportValue': 'Other:Bus' }, 'the-bus'],
  [{ 'Fn::Join': [':', ['a', { Ref: 'Loans' }, { Ref: 'Days' }]] }, 'a:loans:14'],
  [{ 'Fn::Join': ['', { 'Fn::Split': [',', 'a,b'] }] }, 'ab'],
  [{ 'Fn::Split': ['/', 'a/b/c'] }, ['a', 'b', 'c']],
  [{ 'Fn::Select': [1, { 'Fn::Split': ['/', 'a/b/c'] }] }, 'b'],
  [{ 'Fn::Select': ['0', [{ Ref: 'Loans' }]] }, 'loans'],
  [{ 'Fn::Sub': 'x-${Loans}-${Loans.Arn}-${AWS::Region}' }, 'x-loans-arn:loans-us-east-1'],
  [{ 'Fn::Sub': ['${a}/${Loans.Stream.Arn}', { a: { Ref: 'Days' } }] }, '14/arn:stream'],
  [{ 'Fn::Sub': '${!Literal}' }, '${Literal}'],
  [{ 'Fn::FindInMap': ['Fees', { Ref: 'AWS::Region' }, 'late'] }, '20'],
  [{ 'Fn::If': ['Yes', 'a', { Ref: 'Nowhere' }] }, 'a'],
  [{ 'Fn::If': ['No', 'a', 'b'] }, 'b'],
  [{ 'Fn::If': ['Both', 1, 2] }, 1],
  [{ 'Fn::If': ['NotBoth', 1, 2] }, 2],
  [{ 'Fn::If': ['Either', 1, 2] }, 1],
  // A key of IAM policies; it is a function only inside conditions.
  [{ Condition: 'x' }, { Condition: 'x' }],
]

test.each(cases)('%j resolves to %j', (value, expected) => {
  expect(scope().resolve(value, '')).toEqual(expected)
})

const errors: [unknown, string][] = [
  [{ Ref: 'Nowhere' }, 'no resource or parameter Nowhere'],
  [{ Ref: 'Open' }, 'Open of Library has no default'],
  [{ Ref: 'BootstrapVersion' }, 'BootstrapVersion (AWS::SSM::Parameter::Value<String>) is not emulated'],
  [{ Ref: 'Shelves' }, 'Shelves (CommaDelimitedList) is not emulated'],
  [{ Ref: 'AWS::Nothing' }, 'AWS::Nothing'],
  [{ 'Fn::GetAtt': ['Loans', 'Color'] }, 'Loans has no attribute Color'],
  [{ 'Fn::GetAtt': ['Thing', 'Arn'] }, 'Thing (AWS::Some::Thing) is not emulated: it has no Arn'],
  [{ 'Fn::ImportValue': 'Other:Unknown' }, 'No stack exports Other:Unknown'],
  [{ 'Fn::ImportValue': 'Other:Robot' }, 'The import Other:Robot has no value: Robot is not emulated.'],
  [{ 'Fn::FindInMap': ['Fees', 'mars', 'late'] }, 'no value for Fees/mars/late'],
  [{ 'Fn::Select': [2, ['a']] }, 'no item 2'],
  [{ 'Fn::Join': ['', [['a']]] }, 'expected a string'],
  [{ 'Fn::If': ['Unknown', 1, 2] }, 'no condition Unknown'],
  [{ 'Fn::Cidr': ['10.0.0.0/16', 2, 8] }, 'Fn::Cidr is not supported'],
  ['{{resolve:ssm:/token}}', '{{resolve:ssm:/token}} is not supported'],
]

test.each(errors)('resolving %j fails: %s', (value, message) => {
  const resolve = () => scope().resolve({ Environment: { A: value } }, '')
  expect(resolve).toThrow(AssemblyError)
  expect(resolve).toThrow(message)
  expect(resolve).toThrow('/Environment/A')
})
