/** Reads properties of a resource. `fail`, `number` and `name` throw an Error that names the resource and the property. */
export function propertyReader(properties: Record<string, any>, what: string) {
  const fail = (problem: string): never => {
    throw new Error(`${what} ${problem}.`)
  }
  const number = (name: string, defaultValue: number, min: number, max: number): number => {
    const value = Number(properties[name] ?? defaultValue)
    if (Number.isInteger(value) && value >= min && value <= max) return value
    return fail(`has ${name} ${properties[name]}; it must be a whole number from ${min} to ${max}`)
  }
  const name = (property: string, generatedName: string, maxLength: number): string => {
    const given = String(properties[property] ?? generatedName)
    if (given === generatedName || (/^[\w.-]+$/.test(given) && given.length <= maxLength)) return given
    return fail(
      `has ${property} ${given}; it must have 1 to ${maxLength} letters, digits, dots, hyphens and underscores`,
    )
  }
  return { fail, number, name }
}
