/** Who is signed in. Without an id the authorizer is missing in front of the function, which is a bug. */
export function callerOf({ userId }: { userId: string | undefined }): string {
  if (userId === undefined) throw new Error('A route of uploads was called without an authorizer.')
  return userId
}
