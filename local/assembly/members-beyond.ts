/** A sentence for each member of a setting that is not among the known ones, so that none is ignored in silence. */
export const membersBeyond = (where: string, value: object, known: readonly string[]): string[] =>
  Object.keys(value)
    .filter((name) => !known.includes(name))
    .map((name) => `${where}: ${name} is not emulated.`)
