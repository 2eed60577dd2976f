/**
 * A phone number as people write it, in the format of E.164 that the API takes.
 * @returns undefined for text that is no number with a country code
 */
export function phoneOf(text: string): string | undefined {
  const number = text.replaceAll(/[\s().\u00A0/-]/g, '').replace(/^00/, '+')
  return /^\+[1-9]\d{6,14}$/.test(number) ? number : undefined
}
