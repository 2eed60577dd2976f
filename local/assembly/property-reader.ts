/** Reads properties of a resource. `fail` and `number` throw an Error that names the resource and the property. */
export function propertyReader(properties: Record<string, any>, what: string) {
  const fail = (problem: string): never => {
    throw new Error(`${what} ${problem}.`)
  }
  const number = (name: string, defaultValue: number, min: number, max: number): number => {
    const value = Number(properties[name] ?? defaultValue)
    if (Number.isInteger(value) && value >= min && value <= max) return value
    return fail(`has ${name} ${properties[name]}; it must be a whole number from ${min} to ${max}`)
  }
  return { fail, number }
}
