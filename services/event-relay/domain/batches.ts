/** Groups in the order given, each of at most `maxCount` members and `maxSize` together. */
export function inBatches<Member>(
  members: readonly Member[],
  sizeOf: (member: Member) => number,
  { maxCount, maxSize }: { maxCount: number; maxSize: number },
): Member[][] {
  const batches: Member[][] = []
  let size = 0
  for (const member of members) {
    const current = batches.at(-1)
    const memberSize = sizeOf(member)
    if (current && current.length < maxCount && size + memberSize <= maxSize) {
      current.push(member)
      size += memberSize
    } else {
      batches.push([member])
      size = memberSize
    }
  }
  return batches
}
