import { stageNames, stageOf } from '#infra/stages.ts'
import { isWebBucket, synthesize } from './synthesized.ts'

const stages = await Promise.all(stageNames.map(async (name) => [name, await synthesize(name)] as const))

/** The resource types that may be retained: those with data or logs. */
const holdsData = ['AWS::DynamoDB::GlobalTable', 'AWS::Cognito::UserPool', 'AWS::S3::Bucket', 'AWS::Logs::LogGroup']

test.each(stages)('deleting %s retains exactly the resources of its settings', (name, synthesis) => {
  const kept = synthesis.resources.filter(({ deletionPolicy }) => deletionPolicy?.startsWith('Retain'))
  if (stageOf(name).removalPolicy === 'DESTROY') expect(kept).toEqual([])
  else {
    const holding = synthesis.resources.filter((each) => holdsData.includes(each.type) && !isWebBucket(each))
    expect(new Set(kept)).toEqual(new Set(holding))
  }
})
