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

/** Where the files are that `cdk deploy` would have uploaded, by the place in S3 that the templates name. */
export type AssetPaths = ReadonlyMap<string, string>

/** The key of {@link AssetPaths}. */
export const assetKey = (bucket: string, key: string) => `${bucket}/${key}`

/** @param file an asset manifest inside `directory`. An asset that is built by a command at deployment has no path and is left out. */
export function readAssets(directory: string, file: string): [key: string, path: string][] {
  const { files = {} } = readJson<AssetManifest>(join(directory, file))
  return Object.values(files).flatMap(({ source, destinations }) =>
    source.path === undefined
      ? []
      : Object.values(destinations).map(({ bucketName, objectKey }): [string, string] => [
          assetKey(placed(bucketName), placed(objectKey)),
          join(directory, source.path!),
        ]),
  )
}

const placed = (text: string) =>
  text
    .replaceAll('${AWS::AccountId}', accountId)
    .replaceAll('${AWS::Region}', region)
    .replaceAll('${AWS::Partition}', partition)
