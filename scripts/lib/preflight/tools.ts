import { good, mind, type Verdict } from './verdict.ts'

export interface Tools {
  /** Versions without a `v`. */
  readonly node: string
  /** The Node that package.json pins. */
  readonly pinnedNode: string
  /** None when the script was not started by npm. */
  readonly npm: string | undefined
}

export function checkTools({ node, pinnedNode, npm }: Tools): Verdict {
  const found = `Node ${node}${npm ? `, npm ${npm}` : ''}`
  return node === pinnedNode
    ? good('tools', found)
    : mind('tools', `${found}; the functions are built and tested with Node ${pinnedNode}`, 'Start it with npm run.')
}

/** @param userAgent as npm tells its scripts: `npm/11.6.0 node/v24.1.0 linux x64 …` */
export const npmVersionOf = (userAgent: string | undefined): string | undefined =>
  /\bnpm\/(\S+)/.exec(userAgent ?? '')?.[1]
