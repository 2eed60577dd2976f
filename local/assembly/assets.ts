import { join } from 'node:path'
import { accountId, partition, region } from './provider.ts'
import { readJson } from './read-json.ts'

/** `<stack>.assets.json` */
interface AssetManifest {
  readonly files?: Readonly<Record<string, FileAsset>>
}

interface FileAsset {
  readonly source: { readonly path?: string }
  readonly destinations: Readonly<Record<string, { readonly bucketName: string; readonly objectKey: string }>>
}

/** Local paths of the files that `cdk deploy` would upload, by {@link assetKey}. */
export type AssetPaths = ReadonlyMap<string, string>

export const assetKey = (bucket: string, key: string) => `${bucket}/${key}`

/** @param file an asset manifest inside `directory`. Assets that a command builds at deployment have no path and are omitted. */
export function readAssets(directory: string, file: string): [key: string, path: string][] {
  const { files = {} } = readJson<AssetManifest>(join(directory, file))
  return Object.values(files).flatMap(({ source, destinations }) =>
    source.path === undefined
      ? []
      : Object.values(destinations).map(({ bucketName, objectKey }): [string, string] => [
          assetKey(withoutPlaceholders(bucketName), withoutPlaceholders(objectKey)),
          join(directory, source.path!),
        ]),
  )
}

const withoutPlaceholders = (text: string) =>
  text
    .replaceAll('${AWS::AccountId}', accountId)
    .replaceAll('${AWS::Region}', region)
    .replaceAll('${AWS::Partition}', partition)
