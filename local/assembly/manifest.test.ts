import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { newFolder } from '../test/folders.ts'
import { assetKey, readAssembly } from './manifest.ts'

let directory: string
beforeEach(() => (directory = newFolder()))

function write(file: string, content: unknown): void {
  const path = join(directory, file)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
}

const stackArtifact = (templateFile: string, dependencies: string[] = [], stackName?: string) => ({
  type: 'aws:cloudformation:stack',
  properties: { templateFile, stackName },
  dependencies,
})

test('readAssembly returns the stacks of nested stages in the order of dependencies', () => {
  write('manifest.json', {
    artifacts: {
      'assembly-prod': { type: 'cdk:cloud-assembly', properties: { directoryName: 'assembly-prod' } },
      Api: stackArtifact('Api.template.json', ['Data', 'Api.assets']),
      Data: stackArtifact('Data.template.json', [], 'library-data'),
      Tree: { type: 'cdk:tree', properties: { file: 'tree.json' } },
    },
  })
  write('Api.template.json', { Resources: {} })
  write('Data.template.json', { Resources: {} })
  write('assembly-prod/manifest.json', {
    artifacts: {
      Base: stackArtifact('Base.template.json'),
      'Base.assets': { type: 'cdk:asset-manifest', properties: { file: 'Base.assets.json' } },
    },
  })
  write('assembly-prod/Base.template.json', {})
  write('assembly-prod/Base.assets.json', {
    files: {
      abc: {
        source: { path: '../asset.abc', packaging: 'zip' },
        destinations: { here: { bucketName: 'assets-${AWS::AccountId}-${AWS::Region}', objectKey: 'abc.zip' } },
      },
    },
  })
  const assembly = readAssembly(directory)
  expect(assembly.stacks.map((stack) => stack.name)).toEqual(['library-data', 'Api', 'Base'])
  expect(assembly.assets.get(assetKey('assets-000000000000-us-east-1', 'abc.zip'))).toBe(join(directory, 'asset.abc'))
  const { assets } = readAssembly(relative(process.cwd(), directory))
  expect([...assets.values()]).toEqual([join(directory, 'asset.abc')])
})

test('readAssembly rejects a missing, invalid or empty manifest and cyclic stacks', () => {
  expect(() => readAssembly(directory)).toThrow('manifest.json is missing: run `npx cdk synth` first.')
  write('manifest.json', '{')
  expect(() => readAssembly(directory)).toThrow('manifest.json is not JSON')
  write('manifest.json', { artifacts: {} })
  expect(() => readAssembly(directory)).toThrow('contains no stack')
  write('manifest.json', { artifacts: { A: stackArtifact('A.json', ['B']), B: stackArtifact('A.json', ['A']) } })
  write('A.json', {})
  expect(() => readAssembly(directory)).toThrow('The stacks depend on each other: A → B → A.')
})
