/** An invalid or unsupported template; the message is for the user at the terminal. */
export class AssemblyError extends Error {
  override readonly name = 'AssemblyError'
}
