import { UsageError } from '../deployment.ts'

/** A package-lock.json of version 3, as far as it is read here. */
export interface Lock {
  readonly lockfileVersion: number
  /** By the package's place in the tree: `node_modules/a/node_modules/b`. */
  readonly packages: Readonly<Record<string, LockedPackage>>
}

export interface LockedPackage {
  readonly version?: string
  readonly integrity?: string
  readonly os?: readonly string[]
  readonly cpu?: readonly string[]
  readonly libc?: readonly string[]
  readonly dependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

/** Where packages are to run, in npm's words. */
export interface Target {
  readonly os: string
  readonly cpu: string
  readonly libc: string
}

/**
 * The part of a lock file that a package needs on a target: the package, what it depends on, and of the optional
 * packages those that are made for the target. Versions and hashes are the same, and so are the places in the tree.
 * @throws UsageError when the package or one of its dependencies is not locked
 */
export function lockForTarget(lock: Lock, name: string, target: Target): Lock {
  const packages: Record<string, LockedPackage> = {}
  const add = (place: string) => {
    if (packages[place]) return
    const locked = lock.packages[place]!
    const optionalDependencies = onTarget(lock, place, locked.optionalDependencies ?? {}, target)
    packages[place] = { ...locked, optionalDependencies }
    for (const dependency of Object.keys({ ...locked.dependencies, ...optionalDependencies })) {
      add(placeOf(lock, place, dependency))
    }
  }
  const place = placeOf(lock, '', name)
  add(place)
  const root = { dependencies: { [name]: lock.packages[place]!.version! } }
  return { lockfileVersion: lock.lockfileVersion, packages: { '': root, ...packages } }
}

/** npm lists a dependency that is optional among both kinds in no lock file: these are all there are. */
function onTarget(lock: Lock, from: string, optional: Readonly<Record<string, string>>, target: Target) {
  const fits = (name: string) => {
    const { os, cpu, libc } = lock.packages[placeOf(lock, from, name)]!
    return includes(os, target.os) && includes(cpu, target.cpu) && includes(libc, target.libc)
  }
  return Object.fromEntries(Object.entries(optional).filter(([name]) => fits(name)))
}

const includes = (allowed: readonly string[] | undefined, value: string) => allowed?.includes(value) ?? true

/** Found as Node finds it: beside the package that asks, else beside those that it stands in. */
function placeOf(lock: Lock, from: string, name: string): string {
  for (let folder = from; ; folder = folder.slice(0, Math.max(folder.lastIndexOf('/node_modules/'), 0))) {
    const place = `${folder && `${folder}/`}node_modules/${name}`
    if (lock.packages[place]) return place
    if (folder === '')
      throw new UsageError(`package-lock.json does not name ${name}, which ${from || 'a function'} needs.`)
  }
}
