/** What is wrong with a template or with what it asks for, in a sentence for the person at the terminal. */
export class AssemblyError extends Error {
  override readonly name = 'AssemblyError'
}
